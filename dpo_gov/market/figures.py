"""What the figures of a market have in common: they are frozen, and of a stated kind."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Probability = Annotated[float, Field(ge=0.0, le=1.0)]
NotNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Matrix = tuple[tuple[Finite, ...], ...]


class Figures(BaseModel):
    """Frozen, and closed against fields that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")
