"""The caller's mistakes: all of them at once, each with its place (RFC 9457 on the wire)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.domain.phrase import phrase


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake of the caller."""

    code: str  # snake case, stable
    message: str  # says what to do
    field: str | None = None
    row: int | None = None
    line: int | None = None
    suggestion: str | None = None

    def as_dict(self) -> dict[str, str | int]:
        """Only what is set, for JSON."""
        pairs = {
            "code": self.code, "message": self.message, "field": self.field, "row": self.row,
            "line": self.line, "suggestion": self.suggestion,
        }  # fmt: skip
        return {key: value for key, value in pairs.items() if value is not None}


class LedgerError(Exception):
    """The end of the ledger does not fit its signature, so nothing is built on it."""


@dataclass(eq=False)
class CallerError(Exception):
    """Raised at the edge when what was asked cannot be done; carries every problem found."""

    problems: list[Problem]
    status: int = 422
    title: str = phrase("The request has problems")
    headers: dict[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)  # further members of the problem document

    def __str__(self) -> str:
        lines = []
        for problem in self.problems:
            place = f"line {problem.line}: " if problem.line else ""
            name = f"{problem.field}: " if problem.field else ""
            hint = f" (did you mean {problem.suggestion!r}?)" if problem.suggestion else ""
            lines.append(f"{place}{name}{problem.message}{hint}")
        return "\n".join(lines) or self.title
