"""The executor through Ape: a committed version reaches the vault, once, whoever asks for it."""

from typing import Any

import ape

from dpo_gov.params import Module, ParamSet, StrategyLayout


def test_version_reaches_the_vault(
    registry: Any, executor: Any, vault: Any, set_params: Any, actors: Any
) -> None:
    """Approved, registry and vault are the same after anyone's call; a second call does nothing."""
    strategy = vault.strategyId()
    set_params([(0, 2_000, 2_500), (1, 3_500, 3_500), (2, 4_500, 4_000)])
    assert vault.appliedVersion() == 0
    receipt = executor.applyAll(strategy, sender=actors.anyone)
    (event,) = receipt.decode_logs(executor.Applied)
    assert event.vault == vault
    assert vault.appliedVersion() == registry.version(strategy) == event.version
    words = tuple(vault.appliedWords())
    assert words == tuple(registry.wordsOf(strategy, Module.REBALANCING.value))
    assert words[0] == 2_500 | 3_500 << 32 | 4_000 << 64
    again = executor.applyAll(strategy, sender=actors.anyone)
    assert not again.decode_logs(executor.Applied)


def test_vault_takes_words_from_the_executor_only(
    executor: Any, vault: Any, layout: StrategyLayout, defaults: ParamSet, actors: Any
) -> None:
    """Neither the governor nor the curator can push words of their own."""
    words = defaults.words(Module.REBALANCING)
    for actor in (actors.governor, actors.curator, actors.anyone):
        with ape.reverts(vault.NotExecutor):
            vault.applyParams(99, words, sender=actor)
    with ape.reverts(executor.OnlySelf):
        executor.push(vault, 99, b"", 0, b"", sender=actors.governor)


def test_only_vaults_of_the_strategy_are_enlisted(
    executor: Any, registry: Any, vault: Any, layout: StrategyLayout, actors: Any
) -> None:
    """A curator adds vaults, once, and nothing else."""
    with ape.reverts():
        executor.enlist(layout.strategy_id, registry, sender=actors.anyone)
    with ape.reverts(executor.NotAVault):
        executor.enlist(layout.strategy_id, registry, sender=actors.curator)
    with ape.reverts(executor.AlreadyEnlisted):
        executor.enlist(layout.strategy_id, vault, sender=actors.curator)
    assert list(executor.vaultsOf(layout.strategy_id)) == [vault]
