"""What the whole list shows, as one constant for all its rows: looked up once at arrival, never in a batch.

What becomes of a lead may not depend on how its list is cut into batches, so nothing is counted here: the answers stand
in the statement since the list was looked over (intake/listwide). A form is no list: all of them are unknown there, as
they are for a list too short to show anything.
"""

from gateway.domain.facts import CATALOGUE, FactValue
from gateway.domain.lead import Batch
from gateway.screening.answers import Answers

_NAMES = tuple(name for name in CATALOGUE if name.startswith("list."))
_BOOLEANS: dict[str, FactValue] = {"true": True, "false": False}


def establish(batch: Batch) -> Answers:
    """The ``list.*`` facts."""
    said = dict(batch.origin.statement.list_signs)
    found: dict[str, FactValue] = {}
    for name in _NAMES:
        answer = said.get(name.removeprefix("list."))
        if CATALOGUE[name].kind == "boolean":
            found[name] = _BOOLEANS.get(answer or "")
        else:
            found[name] = answer if answer in CATALOGUE[name].choices else None
    return dict(found)
