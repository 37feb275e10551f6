"""The pages say what is so: every setting, fact, folder and link."""

import re
from dataclasses import fields
from pathlib import Path

from gateway.config import PREFIX, Settings
from gateway.policy.coverage import read_coverage
from gateway.policy.loader import load_policies
from gateway.policy.reference import pages

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "policies").glob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
PAGE_NAMED = re.compile(r"\bdocs/[\w./-]+\w")


def test_every_setting_is_explained_with_its_default_and_no_other():
    rows = re.findall(r"^\| `(GATEWAY_\w+)` \| (.+?) \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    defaults = {PREFIX + field.name.upper(): field.default for field in fields(Settings)}
    assert [name for name, _ in rows] == list(dict.fromkeys(name for name, _ in rows))
    assert {name for name, _ in rows} == set(defaults)
    for name, shown in rows:
        if shown.startswith("`"):
            default = defaults[name]
            assert shown.strip("`") == (f"{default:g}" if isinstance(default, int | float) else str(default)), name
        else:
            assert not defaults[name], f"{name} has the default {defaults[name]!r}"


def test_the_reference_pages_are_made_from_the_packs_and_the_catalogue():
    complaints = []
    policies = load_policies([ROOT / "policies"])
    rows = read_coverage(ROOT / "policies", policies, complaints)
    assert complaints == []
    made = pages(policies, rows)
    written = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs/reference").iterdir()}
    assert sorted(written) == sorted(made)
    stale = [name for name in made if written[name] != made[name]]
    assert stale == [], "run .venv/bin/gateway policy docs"


def test_every_place_within_the_reference_pages_that_is_pointed_to_exists():
    folder = ROOT / "docs/reference"
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    places = {f"{name}#{place}" for name, text in texts.items() for place in re.findall(r'<a id="([^"]+)">', text)}
    pointed = {target for text in texts.values() for target in re.findall(r"\]\((\w+\.md#[^)]+)\)", text)}
    assert len(pointed) > 100
    assert sorted(pointed - places) == []


def test_the_tour_has_a_line_for_every_room():
    toured = set(re.findall(r"`([\w./]+)`", (ROOT / "docs/tour.md").read_text()))
    rooms = {f"gateway/{path.parent.name}" for path in (ROOT / "gateway").glob("*/__init__.py")}
    modules = {f"gateway/{path.name}" for path in (ROOT / "gateway").glob("[!_]*.py")}
    tests = {f"tests/{path.parent.name}" for path in (ROOT / "tests").glob("*/*.py")}
    assert rooms | modules | tests <= toured
    assert [place for place in sorted(toured) if "/" in place and not (ROOT / place).exists()] == []


def test_every_decision_stands_in_the_list():
    folder = ROOT / "docs/decisions"
    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("0*.md"))


def test_every_page_that_is_pointed_to_exists():
    sources = [*(ROOT / "gateway").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / "pyproject.toml"]
    pointed = [(page, page.parent / target) for page in PAGES for target in LINK.findall(page.read_text())]
    pointed += [(path, ROOT / target) for path in sources for target in PAGE_NAMED.findall(path.read_text())]
    assert [f"{path.relative_to(ROOT)}: {target}" for path, target in pointed if not target.exists()] == []


def test_the_readme_names_only_make_targets_and_tools_that_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        assert set(re.findall(r"`make ([a-z]+)", page.read_text())) <= targets, page
