"""What the figures of a market have in common: they are frozen, and of a stated kind."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Probability = Annotated[float, Field(ge=0.0, le=1.0)]
NotNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
LogMove = Annotated[float, Field(ge=-5.0, le=5.0, allow_inf_nan=False)]
"""A log return: e⁵ is a factor of 148, so that a percentage in its place is seen."""
Deviation = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
"""Of log returns of a day: 1.0 would be 1,900 % a year, so a percentage is seen here, too."""
Matrix = tuple[tuple[Finite, ...], ...]


class Figures(BaseModel):
    """Frozen, and closed against fields that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")
