"""A number with the bounds in which the truth lies with 95 % confidence. Standard library only."""

from dataclasses import dataclass
from typing import Any

Z = 1.959963984540054
"""Half the width of 95 % of a normal distribution, in standard errors."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is most likely, and its bounds."""

    value: float
    low: float
    high: float
    error: float = 0.0  # standard error, where one was reckoned

    def times(self, factor: float) -> "Estimate":
        """The same in another unit."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor, self.error * abs(factor))

    def as_dict(self, digits: int = 4) -> dict[str, Any]:
        """For JSON."""
        return {"value": round(self.value, digits), "low": round(self.low, digits), "high": round(self.high, digits)}
