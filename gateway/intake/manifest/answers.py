"""A manifest with what its uploader answered when asked: the answers are kept with the list as if written there."""

from collections.abc import Mapping
from datetime import date

import orjson

from gateway.intake.columns.headings import fold
from gateway.intake.manifest.read import read_manifest
from gateway.intake.values import DateOrder
from gateway.policy.reading import read_strict


def with_answers(
    text: str,
    *,
    name: str,
    as_of: date | None = None,
    date_order: DateOrder | None = None,
    columns: Mapping[str, str] | None = None,
) -> str:
    """The manifest's text with answers, which go before what it says. Raises CallerError as read_manifest does.

    The same text when there is nothing to add. Otherwise JSON; so a list brought again with another answer is another.
    """
    if date_order is None and not columns:
        return text
    read_manifest(text, name=name, as_of=as_of)  # problems name the lines of what was written
    said = orjson.loads(orjson.dumps(read_strict(text, name=name).data))
    if date_order is not None:
        said["date_order"] = date_order
    if columns:
        answered = set(map(fold, columns))
        kept = {heading: use for heading, use in (said.get("columns") or {}).items() if fold(heading) not in answered}
        said["columns"] = kept | dict(columns)
    return orjson.dumps(said).decode()
