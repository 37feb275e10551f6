"""The OpenAPI description: complete, true, and kept by the application under Schemathesis' fire."""

import json
import re

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platform_posts import TOKEN
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.specs.openapi import schemas  # noqa: F401 - loaded while no thread runs: parsing it beside one failed

from gateway.intake.http import EVERYONE

load_all_checks()
LARGE = 1_000_000  # characters
FEW, MANY = 3_000, 100_000  # cases over all operations, with a key and without: in make test, in make soak


def spec_of(web):
    return web.client.get("/openapi.json").json


def test_every_route_of_the_api_is_described_with_who_may_call_it(small_web):
    spec = spec_of(small_web)
    assert spec["openapi"].startswith("3.1")
    described = {
        (method.upper(), path, operation["x-scope"])
        for path, item in spec["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }
    served = {
        (method, re.sub("<(?:[a-z_]+:)?([a-z_]+)>", r"{\1}", rule.rule),
         small_web.app.view_functions[rule.endpoint].open_to)
        for rule in small_web.app.url_map.iter_rules() if rule.rule.startswith("/v1/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }  # fmt: skip
    assert described == served


def test_every_mistake_is_described(small_web):
    for path, item in spec_of(small_web)["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            answers = set(operation["responses"])
            assert {"404", "405"} <= answers, (method, path)
            assert operation["x-scope"] == EVERYONE or {"401", "403"} <= answers
            assert "requestBody" not in operation or {"413", "415", "422"} <= answers
            assert all(answer["description"] for answer in operation["responses"].values())
            assert operation["summary"]


def test_operations_have_ids_of_their_own(small_web):
    ids = [
        o["operationId"] for item in spec_of(small_web)["paths"].values() for m, o in item.items() if m != "parameters"
    ]
    assert len(ids) == len(set(ids))


VERBS = ("cancel", "resume", "undo", "recheck")
OPERATIONS = [
    ("POST", "/v1/signups"), ("POST", "/v1/lists"), ("GET", "/v1/lists"), ("GET", "/v1/lists/{list_id}"),
    ("GET", "/v1/lists/{list_id}/events"), *[("POST", f"/v1/lists/{{list_id}}/{verb}") for verb in VERBS],
    ("PUT", "/v1/lists/{list_id}/file"), ("GET", "/v1/lists/{list_id}/rows"), ("GET", "/v1/leads/{lead_id}"),
    ("GET", "/v1/leads/{lead_id}/decision"), ("GET", "/v1/leads/{lead_id}/receipt"),
    ("POST", "/v1/people/export"), ("POST", "/v1/people/erase"),
    ("GET", "/v1/prospects"), ("GET", "/v1/clocks"), ("POST", "/v1/decide"),
    ("POST", "/v1/events"), ("GET", "/v1/contactable"), ("GET", "/v1/reorders"), ("GET", "/v1/phases"),
    ("GET", "/v1/phases/{prospect}"),
    ("POST", "/v1/previews"), ("POST", "/v1/samples"), ("POST", "/v1/lists/{list_id}/rehearsal"),
    ("POST", "/v1/feedback/{name}"), ("POST", "/v1/feedback/{name}/{token}"), ("GET", "/v1/feedback/{name}/{token}"),
    ("GET", "/v1/sources"), ("POST", "/v1/sources"), ("GET", "/v1/sources/{key}"), ("PATCH", "/v1/sources/{key}"),
    ("POST", "/v1/sources/{key}/notices"),
    ("GET", "/v1/destinations"), ("POST", "/v1/destinations"), ("GET", "/v1/destinations/{name}"),
    ("PATCH", "/v1/destinations/{name}"), ("DELETE", "/v1/destinations/{name}"),
    *[("POST", f"/v1/destinations/{{name}}/{verb}") for verb in ("test", "pause", "resume", "replay")],
    ("POST", "/v1/deliveries/{delivery}/acknowledge"), ("POST", "/v1/deliveries/acknowledge"),
    ("POST", "/v1/recalls"), ("GET", "/v1/recalls/{number}"), ("POST", "/v1/leads/{lead_id}/withdraw"),
    ("GET", "/v1/mappings"), ("PUT", "/v1/mappings"), ("DELETE", "/v1/mappings"),
    ("GET", "/v1/suppressions/{hash}"), ("POST", "/v1/suppressions/check"), ("POST", "/v1/suppressions"),
    ("POST", "/v1/sources/{source}/{platform}"), ("POST", "/v1/sources/{source}/{platform}/{rest}"),
    ("GET", "/v1/sources/{source}/meta"), ("GET", "/v1/numbers"), ("GET", "/v1/numbers/{section}"),
    ("GET", "/v1/vendors/score"), ("POST", "/v1/invoices"), ("GET", "/v1/invoices"), ("GET", "/v1/invoices/{number}"),
    ("POST", "/v1/invoices/{number}/reconcile"), ("GET", "/v1/invoices/{number}/pack"),
    ("POST", "/v1/pings"), ("POST", "/v1/leads"), ("GET", "/v1/vendors/buying"), ("PUT", "/v1/vendors/buying"),
    ("POST", "/v1/vendors/buying/pause"),
    ("GET", "/v1/vendors/file"), ("POST", "/v1/vendors/notes"), ("POST", "/v1/vendors/contracts"),
    ("POST", "/v1/vendors/withdrawals"),
]  # fmt: skip
PLATFORM = {"source": "lead", "platform": "hubspot", "rest": TOKEN, "section": "vendors"}
"""What is set for the source, and takes what it is sent."""
BEYOND_SCHEMAS = CHECKS.get_by_names(["positive_data_acceptance"])
"""A schema cannot say that a form exists or that a text is an address; what says otherwise is refused, rightly."""


NEGATIVE = CHECKS.get_by_names(["negative_data_rejection"])


def says_nothing(query):
    """Whether what is wrong with a query may be gone on the wire: an empty list or object writes no parameter."""
    return any(value is None or value in ([], {}) for value in (query or {}).values())


def is_of_boberdoo(body):
    """Whether the answer is in boberdoo's shape, which is 200 always: its ``Error`` says what was wrong."""
    return isinstance(body, dict) and str(body.get("answer")).strip().lower() == "boberdoo"


def is_too_large(body):
    """Whether a body is refused unread: 413, which the check of refusals does not count as one."""
    return isinstance(body, dict | list) and len(json.dumps(body)) > LARGE


def test_every_operation_is_fired_at_once(small_web):
    assert len(OPERATIONS) == len(set(OPERATIONS))
    described = {(method.upper(), path) for path, item in spec_of(small_web)["paths"].items() for method in item}
    assert {pair for pair in described if pair[0] != "PARAMETERS"} == set(OPERATIONS)


@pytest.fixture(scope="module")
def schema(fired_at):
    """The description as it is served: once, because literals of the whole program are sought for it."""
    return schemathesis.openapi.from_wsgi("/openapi.json", fired_at[0].app)


@pytest.mark.parametrize("together", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("with_key", [True, False])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_schemathesis_finds_nothing(fired_at, schema, method, path, *, with_key, together):
    _, headers = fired_at
    operation = schema[path][method]
    there = {name: f"{name.removesuffix('_id')}_1" for name in ("list_id", "lead_id") if name in path}
    if "feedback" in path:
        there = {"name": "mc", "token": "a-token-of-some-length"} if "{token}" in path else {"name": "in"}
    there |= {name: value for name, value in PLATFORM.items() if f"{{{name}}}" in path}
    there |= {name: one for name, one in {"delivery": "dlv_1", "number": "recall_1"}.items() if f"{{{name}}}" in path}
    there |= {"name": "crm"} if "destinations/{" in path else {}
    there |= {"key": "demo"} if "{key}" in path else {}
    there |= {"number": 1} if "invoices/{number}" in path else {}
    there |= {"prospect": 1} if "{prospect}" in path else {}
    cases = st.one_of(
        *(operation.as_strategy(generation_mode=mode) for mode in GenerationMode),
        operation.as_strategy(path_parameters=there or None),
    )

    share = -(-together // (2 * len(OPERATIONS)))
    fired = 0

    @settings(max_examples=share, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def fire(case):
        nonlocal fired
        fired += 1
        beyond = says_nothing(case.query) or is_of_boberdoo(case.body) or is_too_large(case.body)
        left_out = BEYOND_SCHEMAS + (NEGATIVE if beyond else [])
        case.call_and_validate(headers=headers if with_key else None, excluded_checks=left_out)

    while fired < share:  # once, but where there are not so many different cases
        before = fired
        fire()
        assert fired > before, "there was nothing to fire"
