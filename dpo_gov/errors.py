"""Every error that the package raises on purpose.

    DpoError                      exit code
    ├── InputError                2   what was given is wrong: a file, a flag, a value
    │   ├── UnitError                 a value that does not parse in its unit
    │   ├── UnknownName               a strategy, parameter, account or network nobody knows
    │   ├── ProposalError             a proposal file that is not a proposal
    │   └── DataError                 market data that cannot be used
    ├── AnswerIsNo                1   the question was good, the answer is no
    │   ├── RuleBroken                a guard rail refuses the change (named as on chain)
    │   ├── CheckFailed               text, spec, calldata, report or chain disagree
    │   └── CallRefused               the contract would revert, and says why
    └── ChainError                3   the chain or the network failed

A message says what was given, what is allowed, and what to do next.
"""

from __future__ import annotations


class DpoError(Exception):
    """Root of the tree; `exit_code` is what a command ends with."""

    exit_code = 1


class InputError(DpoError):
    """What was given is wrong: a file, a flag, a value."""

    exit_code = 2


class UnitError(InputError):
    """A value that does not parse in the unit of its parameter."""


class UnknownName(InputError):
    """A strategy, parameter, account or network that nobody knows."""


class ProposalError(InputError):
    """A proposal file that is not a proposal."""


class DataError(InputError):
    """Market data that cannot be used as it is."""


class AnswerIsNo(DpoError):
    """The question was good and the answer is no."""

    exit_code = 1


class RuleBroken(AnswerIsNo):
    """A guard rail refuses the change.

    `rule` is the name of the contract's error, `args` of that error follow as `facts`.
    """

    def __init__(self, rule: str, message: str, **facts: object) -> None:
        super().__init__(f"{rule}: {message}")
        self.rule = rule
        self.facts = facts


class CheckFailed(AnswerIsNo):
    """Text, specification, calldata, report or chain disagree."""


class CallRefused(AnswerIsNo):
    """The contract would revert; `error` is the decoded custom error."""

    def __init__(self, message: str, error: str = "") -> None:
        super().__init__(message)
        self.error = error


class ChainError(DpoError):
    """The chain or the network failed."""

    exit_code = 3
