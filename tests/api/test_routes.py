"""Who may call what: every route stands in routes.txt, and nobody else gets in."""

from pathlib import Path

import pytest
from flask import Flask

from gateway.access.keys import SCOPES
from gateway.app import _refuse_unguarded
from gateway.intake.http import EVERYONE

GOLDEN = Path(__file__).with_name("routes.txt")
VALUES = {
    "list_id": 1, "lead_id": 1, "delivery": 1, "number": 1, "prospect": 1, "name": "gateway.css", "hash": "0" * 64,
}  # fmt: skip


def golden():
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split()) for line in lines if line and not line.startswith("#")]


def found(web):
    return {
        (method, rule.rule, web.app.view_functions[rule.endpoint].open_to)
        for rule in web.app.url_map.iter_rules()
        if not rule.rule.startswith("/desk")  # tests/console/desk/matrix.txt
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_stands_in_the_golden_list(small_web):
    assert sorted(found(small_web)) == sorted(golden())


def test_the_application_does_not_start_with_a_route_that_says_nothing_of_callers():
    app = Flask("of its own")  # the tests' application is shared
    app.add_url_rule("/forgotten", "forgotten", lambda: "x")
    with pytest.raises(RuntimeError, match="/forgotten"):
        _refuse_unguarded(app)


def test_the_guard_is_what_the_golden_list_says(small_web):
    """Every guarded route with no key, a false one, and each scope: only the right scope comes past 401 and 403."""
    keys = {scope: small_web.key(scope) for scope in SCOPES}
    expired = small_web.key("lists", "leads")
    with small_web.services.unit_of_work() as work:
        from gateway.access.keys import revoke_key

        assert revoke_key(work, len(SCOPES) + 1)
    guarded = [(method, rule, who) for method, rule, who in golden() if who != EVERYONE]
    assert guarded
    for method, rule, who in guarded:
        [path] = {
            r.build({name: VALUES.get(name, "demo") for name in r.arguments})[1]
            for r in small_web.app.url_map.iter_rules()
            if r.rule == rule
        }
        for headers in ({}, {"Authorization": "Bearer gk_1_false"}, expired):
            assert small_web.client.open(path, method=method, headers=headers).status_code == 401, (method, path)
        for scope, headers in keys.items():
            response = small_web.client.open(path, method=method, headers=headers)
            assert (response.status_code == 403) == (scope != who), (method, path, scope, response.status_code)
            assert response.status_code != 401
