"""How the parts of screening hand over what they found: one answer for the whole batch, or a column of answers."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gateway.domain.facts import Facts, FactValue

Column = list[FactValue]
Answers = Mapping[str, FactValue | Column]
"""Facts by name. A list is a column with one answer per row; anything else holds for every row."""


def gather(size: int, *found: Answers) -> Facts:
    """All answers as facts. A column that says the same in every row becomes one answer: policies then look once."""
    facts = Facts(size)
    for answers in found:
        for name, answer in answers.items():
            if not isinstance(answer, list):
                facts.constants[name] = answer
            elif size and answer.count(answer[0]) == size:
                facts.constants[name] = answer[0]
            else:
                facts.columns[name] = answer
    return facts


def per_case(judge: Callable[..., Any], *columns: Iterable[Any]) -> list[Any]:
    """``judge`` asked once for each distinct combination of cells, its answer given to all rows that have it."""
    if len(columns) == 1:  # half of what pairs of one take
        return list(map(_Cells(judge).__getitem__, columns[0]))
    return list(map(_Cases(judge).__getitem__, zip(*columns, strict=True)))


class _Cells(dict[Any, Any]):
    """What is said of each cell: a dict that asks about what it does not hold, so that rows are looked at once."""

    def __init__(self, judge: Callable[..., Any]) -> None:
        super().__init__()
        self._judge = judge

    def __missing__(self, cell: Any) -> Any:
        answer = self[cell] = self._judge(cell)
        return answer


class _Cases(_Cells):
    """The same of combinations."""

    def __missing__(self, case: Any) -> Any:
        answer = self[case] = self._judge(*case)
        return answer
