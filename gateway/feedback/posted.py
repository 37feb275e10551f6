"""Form posts of reporters as plain names and values."""

from urllib.parse import parse_qsl

from gateway.feedback.event import RefusedError

_MOST_FIELDS = 500


def fields_of(body: bytes) -> dict[str, str]:
    """The fields of a form-urlencoded body; of one given twice, the first. Raises RefusedError."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise RefusedError("bad_form", "it is not a form post in UTF-8") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found
