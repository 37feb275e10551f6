"""What the first visitor would wait for is there before: every template compiled, every case of the packs tried."""

import sys
from pathlib import Path

from desk import sign_in

from gateway.console.desk import frame, warming
from gateway.console.desk.policies_cases import found_cases

TEMPLATES = Path(frame.__file__).parents[1] / "templates" / "desk"


def test_everything_is_loaded_before_anybody_asks(site, monkeypatch):
    site.app.jinja_env.cache.clear()
    assert warming.warm(site.app) > len(list(TEMPLATES.rglob("*.html")))
    loaded = []
    monkeypatch.setattr(site.app.jinja_env, "compile", lambda *args: loaded.append(args))
    assert "holidays" in sys.modules
    with site.app.app_context():
        assert found_cases() is not None
    someone = sign_in(site, "viewer")
    for path in ("/desk", "/desk/holds", "/desk/lists", "/desk/policies/rules/CS-18", "/desk/settings"):
        assert someone.get(path).status_code == 200
    assert loaded == []


def test_what_cannot_be_loaded_keeps_nobody_from_the_desk(site, monkeypatch, caplog):
    monkeypatch.setattr(warming, "try_cases", lambda: 1 / 0)
    warming.warm(site.app)
    assert "could not be made ready" in caplog.text
    assert sign_in(site, "viewer").get("/desk").status_code == 200
