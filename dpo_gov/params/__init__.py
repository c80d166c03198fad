"""Strategy parameters as typed data: specs, the catalogue, values, changes."""

from dpo_gov.params.catalogue import MODULE_WORDS, StrategyLayout, catalogue
from dpo_gov.params.spec import Module, ParamSpec, Risk
from dpo_gov.params.values import Change, ParamSet, diff

__all__ = [
    "MODULE_WORDS",
    "Change",
    "Module",
    "ParamSet",
    "ParamSpec",
    "Risk",
    "StrategyLayout",
    "catalogue",
    "diff",
]
