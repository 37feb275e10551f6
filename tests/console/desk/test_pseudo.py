"""Every text of the program can be said otherwise: in a made-up language no page shows a word of the program's English.

What a page shows that is not in the made-up language is data. If it stands as a literal in the program, it was
forgotten.
"""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from catalogues import compiled, template_of
from desk import golden
from filled_desk import fill

from gateway.console.desk import frame

MARK = "\N{WHITE SQUARE WITH LOWER RIGHT QUADRANT}"
HIDDEN = {"script", "style", "code", "pre", "kbd", "textarea"}
SPOKEN = {"aria-label", "title", "alt", "data-confirm", "placeholder"}
NAMES = {
    "Lead Gateway", "UTC", "list_3", "example.com", "ann@example.com", "Fernhill Data LLC", "Example Offers",
    "Dana Reyes", "Meridian Leads", "Spring leads", "ML-2026, 2026-11: bought one by one",
}  # fmt: skip
"""What is called the same in every language, and who the people and vendors of the tests are."""
ENDS = " .,:;()\N{MIDDLE DOT}\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"


TEMPLATES = Path(frame.__file__).parents[1] / "templates" / "desk"
FIELDS = sorted({
    name for path in TEMPLATES.rglob("*.html")
    for name in re.findall(r'name="([a-z_-]+)"', path.read_text(encoding="utf-8"))
} | {"after", "before", "day", "about", "since", "until"})  # fmt: skip
"""What forms and addresses are asked for."""
POLICIES = Path(frame.__file__).parents[3] / "policies"
LEAVING = {
    "/desk/sign-out",
    "/desk/account/sessions/end",
    "/desk/account/password",
    "/desk/lists/<list_id:list_id>/events",
}
"""What would end the test's own session, or a stream."""
TOLD_ELSEWHERE = ("cli/", "policy/", "intake/beforehand/advice.py")
"""Where the terminal is told things, where a pack is told in sentences, which is in English as packs are, and what is
kept with a sample as it was said."""
THEIRS = {"Accept-Language": "xx"}


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


def packs_say():
    """Every text of the packs: law in English, which nobody translates here."""
    waiting, found = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in POLICIES.glob("*.yaml")], set()
    while waiting:
        one = waiting.pop()
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else []
        if isinstance(one, str):
            found |= {" ".join(one.split()).strip(ENDS), *(part.strip(ENDS) for part in one.split("; "))}
    return found


def shapes():
    """What the program puts together in f-strings of two words and more, as patterns of what a page would show."""
    found, root = set(), Path(frame.__file__).parents[2]
    for path in root.rglob("*.py"):
        if path.relative_to(root).as_posix().startswith(TOLD_ELSEWHERE):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.JoinedStr):
                continue
            parts = [" ".join(one.value.split(" ")) if isinstance(one, ast.Constant) else None for one in node.values]
            if re.search("[a-z]{2,},? [a-z]{2,}", " ".join(part or "1" for part in parts)):
                found.add("".join(".+?" if part is None else re.escape(part) for part in parts))
    return re.compile("|".join(f"(?:{one})" for one in sorted(found)))


def told(answer):
    """The texts of a page."""
    page = Texts()
    page.feed(answer.text if answer.mimetype == "text/html" else "")
    return page.found


class Watch:
    """Notes texts of the program that are not in the made-up language, and where they stood."""

    def __init__(self):
        self.ours, self.shapes, self.packs, self.forgotten = literals(), shapes(), packs_say(), {}

    def look(self, answer, where):
        for text in told(answer):
            bare = text.strip(ENDS)
            if MARK in text or bare in NAMES | self.packs or " " not in bare:
                continue
            if bare in self.ours or self.shapes.fullmatch(text) or self.shapes.fullmatch(bare):
                self.forgotten.setdefault(text, where)

    def __str__(self):
        return "\n".join(map(repr, self.forgotten.items()))


def test_no_page_shows_a_word_of_the_programs_own_that_is_not_translated(site, tmp_path, pseudo):
    full, watch = fill(site, tmp_path), Watch()
    for path in [path for paths in full.pages.values() for path in paths]:
        watch.look(full.boss.get(path, headers=THEIRS), path)
    assert watch.forgotten == {}, str(watch)


WRONG = (
    {},
    dict.fromkeys(FIELDS, "no such thing"),
    dict.fromkeys(FIELDS, "9" * 30),
    dict.fromkeys(FIELDS, "x" * 900),
    dict.fromkeys(FIELDS, "2020-01-01"),
    dict.fromkeys(FIELDS, "someone@example.com"),
)


def gaps(rule, places):
    """The rule with what there is in its gaps: as in the page above it; else nothing of that number."""
    above = max((one for one in places if rule.startswith(one)), key=len, default="")
    rest = re.sub(r"<(list|lead)_id:[a-z_]+>", r"\1_1", rule.removeprefix(above))
    return places.get(above, "") + re.sub(r"<(?:[a-z_]+:)?[a-z_]+>", "1", rest)


def test_no_answer_to_a_mistake_shows_one_either(site, tmp_path, pseudo):
    full, watch, refused = fill(site, tmp_path), Watch(), set()
    places = {rule: paths[0].partition("?")[0] for rule, paths in full.pages.items()}
    for method, rule, _ in golden():
        if rule in LEAVING:
            continue
        path = gaps(rule, places)
        for fields in WRONG:
            if method == "GET":
                answer = full.boss.get(path, query_string=fields, headers=THEIRS)
            else:
                answer = full.boss.post(path, fields, headers=THEIRS)
            if answer.status_code >= 400:
                refused.add(rule)
            assert answer.status_code < 500 or answer.status_code == 503, (method, path, fields)
            watch.look(answer, (method, path))
            answer.close()
    assert len(refused) > 60
    assert watch.forgotten == {}, str(watch)
