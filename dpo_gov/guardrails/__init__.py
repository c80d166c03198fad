"""The registry's rules in Python: what the contract will say, before it is asked.

`decide` is the exact twin of `StrategyRegistry`: the same checks in the same order, errors of the
same name, the same state hash. tests/guardrails/test_differential.py compares the two.
"""

from dpo_gov.guardrails.freezes import MAX_FREEZE, freeze, freeze_key, unfreeze, unfreeze_key
from dpo_gov.guardrails.hashing import genesis_hash, state_hash
from dpo_gov.guardrails.invariants import check_invariants
from dpo_gov.guardrails.ranges import Range, allowed_range
from dpo_gov.guardrails.rules import decide
from dpo_gov.guardrails.state import Call, Lane, RegistryState, listed

__all__ = [
    "MAX_FREEZE",
    "Call",
    "Lane",
    "Range",
    "RegistryState",
    "allowed_range",
    "check_invariants",
    "decide",
    "freeze",
    "freeze_key",
    "genesis_hash",
    "listed",
    "state_hash",
    "unfreeze",
    "unfreeze_key",
]
