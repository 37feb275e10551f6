"""Collect the desk's words for translators: gateway/console/locale/desk.pot, a gettext template.

python tools/words.py            # write it
msginit -i gateway/console/locale/desk.pot -l de -o gateway/console/locale/de/LC_MESSAGES/desk.po   # begin a language
"""

import sys
from pathlib import Path

from jinja2 import Environment
from jinja2.ext import extract_from_ast

from gateway.console.desk.frame import WAYS

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "gateway" / "console" / "templates" / "desk"
POT = ROOT / "gateway" / "console" / "locale" / "desk.pot"
HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'


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
    for way in WAYS:
        found.setdefault((way.label,), []).append("menu")
    return HEAD + "".join(_entry(texts, places) for texts, places in sorted(found.items()))


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
