"""A small XML answer for lead platforms. Text only, every sign that XML cannot carry left out."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from gateway.intake.platforms.call import Reply

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2 (Char)


def xml_reply(root: str, told: Mapping[str, Any], *, declaration: str, status: int = 200) -> Reply:
    """``told``: element -> text, or another such mapping."""
    return Reply(status, f"{declaration}{_element(root, told)}", "application/xml")


def _element(name: str, told: Any) -> str:
    inner = (
        "".join(_element(one, value) for one, value in told.items())
        if isinstance(told, Mapping)
        else escape(_NO_XML.sub("", str(told)))
    )
    return f"<{name}>{inner}</{name}>"
