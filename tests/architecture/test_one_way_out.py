"""Nothing in the gateway reaches out by HTTP but gateway/outgoing.py, which refuses whatever lies inside."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLIENTS = {"http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "pycurl", "ftplib"}
OPENS = {"create_connection", "open_connection"}
MAY = {"gateway/outgoing.py": {"http.client", "create_connection"}}


def clients_of(tree):
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        yield from (one for name in names for one in CLIENTS if name == one or name.startswith(one + "."))
        if isinstance(node, ast.Attribute) and node.attr in OPENS:
            yield node.attr


def test_nobody_else_has_an_http_client():
    found = {}
    for path in sorted((ROOT / "gateway").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        used = set(clients_of(ast.parse(path.read_text(encoding="utf-8"))))
        if used - MAY.get(name, set()):
            found[name] = used
    assert found == {}


@pytest.mark.parametrize(
    "code", ["import requests", "from urllib.request import urlopen", "import urllib.request as r",
             "from http.client import HTTPSConnection", "socket.create_connection(x)", "from urllib import request"],
)  # fmt: skip
def test_every_way_to_have_one_is_noticed(code):
    assert list(clients_of(ast.parse(code)))
