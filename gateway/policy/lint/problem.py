"""What lint says: one thing to mend, where it stands, and what to do about it."""

from dataclasses import dataclass

from gateway.policy.errors import Complaint
from gateway.policy.rules import Spot


@dataclass(frozen=True, slots=True)
class LintProblem:
    """One thing an officer should mend."""

    file: str
    line: int
    code: str
    message: str
    suggestion: str = ""  # what to do

    def __str__(self) -> str:
        hint = f"; {self.suggestion}" if self.suggestion else ""
        return f"{self.file}:{self.line}: {self.code}: {self.message}{hint}"


def at(spot: Spot, code: str, message: str, suggestion: str) -> LintProblem:
    """A problem with what stands at this spot."""
    return LintProblem(spot.file, spot.line, code, message, suggestion)


def complained(found: Complaint, code: str) -> LintProblem:
    """A complaint of a file that could not be read as it stands."""
    hint = f"did you mean {found.suggestion!r}?" if found.suggestion else ""
    return LintProblem(found.file, found.line, code, found.message, hint)
