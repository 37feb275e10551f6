"""How every module of the gateway is written: it says what lives in it, stays small, asks nobody for the time."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for path in (ROOT / "gateway").rglob("*.py") if "versions" not in path.parts)
MOST_LINES = 400
CLOCKS = {
    "gateway/wiring.py",  # holds the one clock that everything else is handed
    "gateway/cli/policies.py",  # `policy lint` opens no database, so nobody hands it the clock
}
NOT_OUR_WORDS = {"blacklist", "whitelist", "customer", "supplier", "disclaimer", "subscriber"}  # docs/design.md, Words
THE_LAW_S_WORDS = {"subscribers"}  # PECR reg. 22 protects individual subscribers; docs/design.md, Words
NOT_OUR_FILES = {"models.py", "utils.py", "helpers.py", "misc.py"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def test_the_gateway_is_found_at_all():
    assert "gateway/config.py" in map(name_of, MODULES)


def test_every_module_says_what_lives_in_it(trees):
    assert [name for name, tree in trees.items() if not ast.get_docstring(tree)] == []


def test_no_module_has_grown_into_two():
    long = {name_of(path): lines for path in MODULES if (lines := path.read_text().count("\n")) > MOST_LINES}
    assert long == {}


def test_a_module_is_named_for_what_it_holds():
    assert [name_of(path) for path in MODULES if path.name in NOT_OUR_FILES] == []


def test_only_the_clock_knows_what_time_it_is(trees):
    asked = [f"{name}:{line}" for name, tree in trees.items() if name not in CLOCKS for line in _asks_for_now(tree)]
    assert asked == []


@pytest.mark.parametrize(
    "code",
    ["datetime.now(UTC)", "f(default=datetime.utcnow)", "dt.date.today()", "time.time()", "func.now()",
     "from time import time", "text('SELECT now()')", "text('CURRENT_TIMESTAMP')"],
)  # fmt: skip
def test_every_way_to_ask_for_the_time_is_noticed(code):
    assert list(_asks_for_now(ast.parse(code))) == [1]


@pytest.mark.parametrize("code", ["services.clock.now()", "time.monotonic()", "event.time", "'we know now (or never)'"])
def test_what_is_no_question_for_the_time_is_left_alone(code):
    assert list(_asks_for_now(ast.parse(code))) == []


def test_one_word_per_thing(trees):
    found = [f"{name}: {word}" for name, tree in trees.items() for word in sorted(_names(tree)) if _is_foreign(word)]
    assert found == []


def test_nothing_in_the_repository_leans_on_what_lies_outside_it():
    outside = re.compile(r"\.\./" + r"shared|/work/" + r"(?:shared|main)")
    folders = ("gateway", "policies", "tests", "tools", "docs", "requirements", ".ci")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*")] + list(ROOT.glob("*.*"))
    texts = {
        path: path.read_bytes().decode("utf-8", "ignore") for path in files if path.is_file() and path.suffix != ".pyc"
    }
    assert [name_of(path) for path, text in texts.items() if outside.search(text)] == []


CLOCK_NAMES = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
               ("time", "time"), ("time", "time_ns"), ("func", "now"), ("func", "current_timestamp")}  # fmt: skip
SQL_CLOCK = re.compile(r"\bnow\(\)|\bCURRENT_TIMESTAMP\b|datetime\('now'", re.IGNORECASE)


def _asks_for_now(tree: ast.AST) -> Iterator[int]:
    """The lines on which something asks the machine or the database for the time of day."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", None)
            if (owner, node.attr) in CLOCK_NAMES:
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            if {alias.name for alias in node.names} & {"time", "time_ns"}:
                yield node.lineno
        elif isinstance(node, ast.Call):
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if any(SQL_CLOCK.search(text) for text in texts):
                yield node.lineno


def _names(tree: ast.AST) -> set[str]:
    """What the module itself defines: functions, classes, arguments, variables."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def _is_foreign(name: str) -> bool:
    words = re.findall(r"[a-z]+", re.sub(r"([A-Z])", r"_\1", name).lower())
    return name not in THE_LAW_S_WORDS and any(word.removesuffix("s") in NOT_OUR_WORDS for word in words)
