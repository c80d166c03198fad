"""The registry's rules in Python: what the contract will say, before it is asked.

`decide` is the exact twin of `StrategyRegistry`: the same checks in the same order, errors of the
same name, the same state hash. tests/guardrails/test_differential.py compares the two.
"""

from dpo_gov.guardrails.freezes import MAX_FREEZE, freeze, freeze_key, unfreeze, unfreeze_key
from dpo_gov.guardrails.hashing import genesis_hash, state_hash
from dpo_gov.guardrails.invariants import check_invariants
from dpo_gov.guardrails.limits import reduces_risk
from dpo_gov.guardrails.paths import Timing
from dpo_gov.guardrails.plan import Step, plan
from dpo_gov.guardrails.ranges import Range, allowed_range
from dpo_gov.guardrails.rollback import Link, Proof, head_of, moves_back, prove, rollback
from dpo_gov.guardrails.rules import decide
from dpo_gov.guardrails.specs import (
    SPEC_DELAY,
    SPEC_WINDOW,
    abdicate,
    activatable,
    activate_spec,
    cancel_spec,
    narrow_spec,
    propose_spec,
)
from dpo_gov.guardrails.state import Call, Lane, RegistryState, listed
from dpo_gov.guardrails.worst_case import Extreme, worst_case

__all__ = [
    "MAX_FREEZE",
    "SPEC_DELAY",
    "SPEC_WINDOW",
    "Call",
    "Extreme",
    "Lane",
    "Link",
    "Proof",
    "Range",
    "RegistryState",
    "Step",
    "Timing",
    "abdicate",
    "activatable",
    "activate_spec",
    "allowed_range",
    "cancel_spec",
    "check_invariants",
    "decide",
    "freeze",
    "freeze_key",
    "genesis_hash",
    "head_of",
    "listed",
    "moves_back",
    "narrow_spec",
    "plan",
    "propose_spec",
    "prove",
    "reduces_risk",
    "rollback",
    "state_hash",
    "unfreeze",
    "unfreeze_key",
    "worst_case",
]
