"""What the figures of a market have in common: they are frozen, and of a stated kind."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from dpo_gov.texts import hidden_character

Probability = Annotated[float, Field(ge=0.0, le=1.0)]
NotNegative = Annotated[float, Field(ge=0.0)]
Positive = Annotated[float, Field(gt=0.0)]
LogMove = Annotated[float, Field(ge=-5.0, le=5.0)]
"""A log return: e⁵ is a factor of 148, so that a percentage in its place is seen."""
LogDeviation = Annotated[float, Field(ge=0.0, le=10.0)]
"""Of a logarithm or logit: e¹⁰ is a factor of 22,026, so that a percentage is seen here, too."""
Deviation = Annotated[float, Field(ge=0.0, le=1.0)]
"""Of log returns of a day: 1.0 would be 1,900 % a year, so a percentage is seen here, too."""
Matrix = tuple[tuple[float, ...], ...]


class Figures(BaseModel):
    """Frozen, and closed against unknown fields, infinities, NaN, and text that hides some.

    An infinity that got in past the checks is not written as null: RFC 8785 then refuses it.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, ser_json_inf_nan="constants"
    )

    @field_validator("*")
    @classmethod
    def _can_be_seen(cls, value: object) -> object:
        """A page shows these texts to voters: nothing in them may turn or hide what is beside."""
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and (bad := hidden_character(text, allowed="")):
                raise ValueError(f"holds the invisible character {bad}; delete it")
        return value
