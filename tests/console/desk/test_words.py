"""The desk can speak other languages: every word in a template goes through gettext, and a catalogue is used."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from catalogues import compiled
from desk import sign_in

from gateway.console.desk import frame

ROOT = Path(__file__).parents[3]
TEMPLATES = Path(frame.__file__).parents[1] / "templates" / "desk"
OURS = {"Lead", "Gateway", "UTC"}  # a name is a name in every language
SPOKEN = re.compile(r'\b(?:aria-label|title|placeholder|alt|data-confirm|data-name)="([^"{]*[A-Za-z]{2}[^"{]*)"')


def bare_words(text):
    """What a template says that no catalogue could say otherwise."""
    text = re.sub(r"\b[a-z]+_(?={{)", "", text)  # lead_12 is lead_12 in every language
    text = re.sub(r"{#.*?#}|{%-?\s*trans.*?endtrans\s*-?%}", "", text, flags=re.DOTALL)
    text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
    spoken = SPOKEN.findall(text)
    text = re.sub(r"<(?:code|pre)[^>]*>[^<]*</(?:code|pre)>", "", text)
    text = re.sub(r" aria-(?:invalid|describedby)=\"[^\"]*\"", "", text)  # also where a macro makes them
    text = re.sub(r"<[^>]*>|&[a-z]+;", " ", text)
    return [one for one in re.findall(r"[A-Za-z]{2,}", text) if one not in OURS] + spoken


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_word_can_be_said_in_another_language(path):
    assert bare_words(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_only_texts_of_the_template_itself_are_taken_for_markup(path):
    """Jinja trusts what gettext gives; of anything else than a literal that would be trusting whoever wrote it."""
    assert re.findall(r"(?<![\w.])n?(?:gettext|_)\((?![\"'])", path.read_text(encoding="utf-8")) == []


def test_the_check_finds_what_it_should():
    assert bare_words('<p title="Hello">{{ _("Yes") }} there</p>') == ["there", "Hello"]
    assert bare_words('<p>{% trans %}Hello{% endtrans %} {{ "x" }} · <b class="word">—</b></p>') == []


def test_a_catalogue_is_used_for_those_who_ask_for_its_language(site, tmp_path, monkeypatch):
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "desk.mo").write_bytes(compiled({"Today": "Heute", "Holds": "Wartende"}))
    monkeypatch.setattr(frame, "LOCALE", tmp_path)
    monkeypatch.setattr(frame, "LANGUAGES", ("en", "de"))
    frame._words.cache_clear()
    someone = sign_in(site, "viewer")
    german = someone.get("/desk", headers={"Accept-Language": "de-AT,de;q=0.9"}).text
    assert '<html lang="de"' in german
    assert "<h1>Heute</h1>" in german
    assert "Wartende" in german
    assert "<h1>Today</h1>" in someone.get("/desk").text
    frame._words.cache_clear()


def test_the_translators_template_is_current():
    """Collected in a process of its own: tests before this one put words of theirs into the tables it looks through."""
    says = "import runpy, sys; t = runpy.run_path(sys.argv[1]); print(t['POT']); print(t['collected'](), end='')"
    told = subprocess.run(
        [sys.executable, "-c", says, str(ROOT / "tools" / "words.py")], capture_output=True, text=True, check=True
    )
    path, _, made = told.stdout.partition("\n")
    assert 'msgid "Sending the file"' in made
    assert Path(path).read_text(encoding="utf-8") == made, "run make words"


TO_PROGRAMS = (
    "cli/", "jobs/", "db/", "app.py", "intake/http", "intake/buying/http", "invoicing/http", "intake/idempotency.py",
    "intake/signups.py", "intake/guard/", "intake/platforms/call.py", "intake/platforms/proof.py", "intake/deciding.py",
    "intake/event_file.py", "intake/suppression_file.py", "intake/downloads.py", "suppression/backup.py", "feedback/",
    "intake/arrival/sheet_child.py",  # a process of its own, which imports nothing of ours
    "policy/", "becoming/", "economics/tabled.py", "invoicing/pack.py",
)  # fmt: skip
"""Rooms whose mistakes are told to programs and to the command line, never on a page."""


def test_what_is_wrong_is_said_in_phrases():
    """A sentence put together where it is raised could be said in English only."""
    root, bare = Path(frame.__file__).parents[2], []
    for path in root.rglob("*.py"):
        name = path.relative_to(root).as_posix()
        if name.startswith(TO_PROGRAMS):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            said = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                said = node.args[1:2] if node.func.id in {"Problem", "Says", "refuse"} else []
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                said = [node.value] if node.targets[0].id == "message" else []
            bare += [f"{name}:{one.lineno}" for one in said if isinstance(one, ast.JoinedStr)]
            if isinstance(node, ast.Assign):
                bare += [f"{name}:{one.lineno}" for one in said if isinstance(one, ast.Constant)]
    assert not bare, "\n".join(bare)
