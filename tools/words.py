"""Collect the desk's words for translators: gateway/console/locale/desk.pot, a gettext template.

python tools/words.py            # write it
msginit -i gateway/console/locale/desk.pot -l de -o gateway/console/locale/de/LC_MESSAGES/desk.po   # begin a language
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from jinja2 import Environment
from jinja2.ext import extract_from_ast

from gateway.console.desk.frame import WAYS

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "gateway" / "console" / "templates" / "desk"
POT = ROOT / "gateway" / "console" / "locale" / "desk.pot"
HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'


SHOWN = (
    "gateway.access.keys", "gateway.access.people", "gateway.domain.deadline", "gateway.domain.facts",
    "gateway.domain.outcome", "gateway.due.agenda", "gateway.emission.destinations.files",
    "gateway.emission.destinations.hubspot", "gateway.emission.destinations.listmonk",
    "gateway.emission.destinations.webhook", "gateway.emission.recall", "gateway.intake.manifest.asks",
    "gateway.invoicing.account", "gateway.vendors.file",
)  # fmt: skip
"""Other rooms whose tables of words pages show."""
NO_WORDS = frozenset({"blueprint", "COOKIE", "SECURE_COOKIE", "FCC_LAW", "__all__"})
WORDS = re.compile(r"(?!https?:)(?:[A-Z%][^/\\]*[a-z]|[a-z][a-z']*,? [a-z])[^\n]*\Z")
"""A sentence, or a word that begins with a capital: no path, code or pattern."""


def collected() -> str:
    """The whole template: every text once, with the places where it stands."""
    environment = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, autoescape=True)
    found: dict[tuple[str, ...], list[str]] = {}
    for path in sorted(TEMPLATES.rglob("*.html")):
        tree = environment.parse(path.read_text(encoding="utf-8"))
        name = path.relative_to(TEMPLATES)
        for _, _, words in extract_from_ast(tree):
            texts = (words,) if isinstance(words, str) else tuple(one for one in words or () if isinstance(one, str))
            if texts and str(name) not in found.setdefault(texts, []):
                found[texts].append(str(name))
    for place, text in _phrases():
        if place not in found.setdefault((text,), []):
            found[text,].append(place)
    for place, text in _tables():
        if place not in found.setdefault((text,), []):
            found[text,].append(place)
    for way in WAYS:
        found.setdefault((way.label,), []).append("menu")
    return HEAD + "".join(_entry(texts, places) for texts, places in sorted(found.items()))


def _tables() -> Iterator[tuple[str, str]]:
    """Texts of the tables that stand at the top of modules: those of the desk, and those that it shows of others."""
    desk = sorted(path.stem for path in (ROOT / "gateway" / "console" / "desk").glob("*.py") if path.stem != "__init__")
    for name in (*(f"gateway.console.desk.{one}" for one in desk), *SHOWN):
        module = import_module(name)
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            for target in targets:
                if isinstance(target, ast.Name) and target.id not in NO_WORDS:
                    place = "/".join(name.split(".")[1:]) + ".py"
                    yield from ((place, text) for text in _said(getattr(module, target.id)) if WORDS.match(text))


def _said(value: Any) -> Iterator[str]:
    """The texts in a table, however deep; its keys are names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _said(one)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in sorted(value, key=str) if isinstance(value, set | frozenset) else value:
            yield from _said(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _said(getattr(value, one.name))


def _phrases() -> Iterator[tuple[str, str]]:
    """Texts that Python says: what `phrase` (gateway/domain/phrase.py) is given, and problems where it is a literal."""
    for path in sorted((ROOT / "gateway").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if "phrase(" not in source and "Problem(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id == "Problem" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
                yield str(path.relative_to(ROOT / "gateway")), str(node.args[1].value)
            titles = [*node.args[2:3], *(one.value for one in node.keywords if one.arg == "title")]
            if node.func.id == "CallerError" and titles and isinstance(titles[0], ast.Constant):
                yield str(path.relative_to(ROOT / "gateway")), str(titles[0].value)
            if node.func.id == "phrase":
                first = node.args[0]
                assert isinstance(first, ast.Constant), f"{path}:{node.lineno}: phrase() takes a literal"
                yield str(path.relative_to(ROOT / "gateway")), str(first.value)


def _entry(texts: tuple[str, ...], places: list[str]) -> str:
    lines = [f"\n#: {' '.join(places)}", f"msgid {_quoted(texts[0])}"]
    if len(texts) > 1:
        lines += [f"msgid_plural {_quoted(texts[1])}", 'msgstr[0] ""', 'msgstr[1] ""']
    else:
        lines.append('msgstr ""')
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


if __name__ == "__main__":
    POT.parent.mkdir(exist_ok=True)
    POT.write_text(collected(), encoding="utf-8")
    sys.stdout.write(f"{POT.relative_to(ROOT)} written\n")
