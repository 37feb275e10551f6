"""Every text of the program can be said otherwise: in a made-up language no page shows a word of the program's English.

What a page shows that is not in the made-up language is data. If it stands as a literal in the program, it was
forgotten.
"""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from catalogues import compiled, template_of
from filled_desk import fill

from gateway.console.desk import frame

MARK = "\N{WHITE SQUARE WITH LOWER RIGHT QUADRANT}"
HIDDEN = {"script", "style", "code", "pre", "kbd", "textarea"}
SPOKEN = {"aria-label", "title", "alt", "data-confirm", "placeholder"}
NAMES = {
    "Lead Gateway",
    "UTC",
    "list_3",
    "example.com",
    "ann@example.com",
    "Dana Reyes",
    "Meridian Leads",
    "Spring leads",
}
"""What is called the same in every language, and who the people and vendors of the tests are."""
ENDS = " .,:;()\N{MIDDLE DOT}\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"


class Texts(HTMLParser):
    """What a page says: between its tags and in the attributes that are read aloud."""

    def __init__(self):
        super().__init__()
        self.found, self.within = [], []

    def handle_starttag(self, tag, attrs):
        if tag in HIDDEN:
            self.within.append(tag)
        self.found += [
            value for name, value in attrs if value and name in {"aria-label", "title", "alt", "data-confirm"}
        ]

    def handle_endtag(self, tag):
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data):
        if not self.within and data.strip():
            self.found.append(" ".join(data.split()))


def literals():
    """Texts that the program's own Python says to people: sentences, and words that begin with a capital."""
    found = set()
    for path in (Path(frame.__file__).parents[2]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search("[A-Za-z]{2}", node.value):
                found.add(" ".join(node.value.split()))
    return found


@pytest.fixture
def pseudo(tmp_path, monkeypatch):
    """A language in which every text is marked."""
    words = {key: "\0".join(MARK + form for form in key.split("\0")) for key in template_of()}
    folder = tmp_path / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "desk.mo").write_bytes(compiled(words))
    monkeypatch.setattr(frame, "LOCALE", tmp_path)
    monkeypatch.setattr(frame, "LANGUAGES", ("en", "xx"))
    frame._words.cache_clear()
    yield
    frame._words.cache_clear()


def test_no_page_shows_a_word_of_the_programs_own_that_is_not_translated(site, tmp_path, pseudo):
    full, forgotten, ours = fill(site, tmp_path), {}, literals()
    for path in [path for paths in full.pages.values() for path in paths]:
        answer = full.boss.get(path, headers={"Accept-Language": "xx"})
        page = Texts()
        page.feed(answer.text if answer.mimetype == "text/html" else "")
        for text in page.found:
            bare = text.strip(ENDS)
            if MARK not in text and bare in ours and " " in bare and bare not in NAMES:
                forgotten.setdefault(text, path)
    assert forgotten == {}, "\n".join(map(repr, forgotten.items()))
