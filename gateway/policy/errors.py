"""What is wrong with policies, said all at once. Costs nothing to import, so that the command line may catch it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong in one file."""

    file: str
    line: int
    message: str
    suggestion: str | None = None

    def __str__(self) -> str:
        hint = f"; did you mean {self.suggestion!r}?" if self.suggestion else ""
        return f"{self.file}:{self.line}: {self.message}{hint}"


@dataclass(frozen=True, slots=True)
class CaseFailure:
    """One thing a case, or a life, expects and does not get."""

    file: str
    line: int
    sentence: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}: expected {self.expected}, got {self.got}"


class PolicyError(Exception):
    """Policies or their cases cannot be used; ``complaints`` says everything that is wrong with them."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        self.complaints = tuple(sorted(complaints, key=lambda found: (found.file, found.line)))
        super().__init__("\n".join(map(str, self.complaints)))

    def __reduce__(self) -> tuple[type["PolicyError"], tuple[tuple[Complaint, ...]]]:
        return PolicyError, (self.complaints,)  # a worker's child hands it to its parent

    @property
    def problems(self) -> list[str]:
        """One line of text for each."""
        return [str(found) for found in self.complaints]
