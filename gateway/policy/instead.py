"""Policy files that somebody sends to be tried: put in the place of those in force, strictly read, kept nowhere.

A file takes the place of the one of its name; another stands beside the rest. Wordings and obligations of their own
files stand beside ours as long as they word nothing that ours do.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from gateway.policy.apart import APART
from gateway.policy.errors import Complaint, PolicyError
from gateway.policy.loader import CASES, COVERAGE, OBLIGATIONS, REASONS, load_texts, parse
from gateway.policy.pack import PolicySet, PolicyText

MOST_FILES = 40
HERE = "to be tried"
"""Stands for the folder in messages."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}\.yaml")
_NOT_RULES = (COVERAGE, *APART)


class Sent(NamedTuple):
    """A file as it arrived."""

    name: str
    content: bytes


def lay_over(policies: PolicySet, sent: Sequence[Sent]) -> PolicySet:
    """The set that ``policies`` would be with these files. Raises PolicyError with everything that is wrong."""
    complaints: list[Complaint] = []
    texts = _texts(sent, complaints)
    if complaints:
        raise PolicyError(complaints)
    kept = [old for old in policies.texts if not any(_replaces(new, old) for new in texts)]
    return load_texts([*kept, *texts], name=HERE)


def _texts(sent: Sequence[Sent], complaints: list[Complaint]) -> list[PolicyText]:
    found: dict[str, PolicyText] = {}
    for given in sent[: MOST_FILES + 1]:
        name = given.name.replace("\\", "/").rpartition("/")[2][:100] or "a file without a name"
        if len(found) >= MOST_FILES:
            complaints.append(Complaint(name, 1, f"more than {MOST_FILES} files; send those that change"))
        elif wrong := _wrong_name(name, found):
            complaints.append(Complaint(name, 1, wrong))
        elif (text := _text(name, given.content, complaints)) is not None:
            found[name] = PolicyText(1, name, text)
    if not found and not complaints:
        complaints.append(Complaint(HERE, 1, "no file was chosen"))
    return list(found.values())


def _wrong_name(name: str, found: dict[str, PolicyText]) -> str:
    if name.endswith(CASES):
        return "cases decide nothing; leave the file out, those of the packs in force are tried anyway"
    if name in _NOT_RULES:
        return "this file decides about no lead; leave it out"
    if name in found:
        return "a file of this name was sent twice"
    return "" if _NAME.fullmatch(name) else "call it .yaml, in letters, digits, dots and hyphens"


def _text(name: str, content: bytes, complaints: list[Complaint]) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        complaints.append(Complaint(name, line, f"this is not UTF-8 text (byte {error.start})"))
        return None


def _replaces(new: PolicyText, old: PolicyText) -> bool:
    if new.name != old.name:
        return False
    if new.name not in (REASONS, OBLIGATIONS):
        return True
    words = [parse(text.text, text.name, []) for text in (new, old)]
    said = [one.data.keys() if one is not None and isinstance(one.data, dict) else set() for one in words]
    return not said[0] or not said[0].isdisjoint(said[1])
