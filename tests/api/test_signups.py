"""POST /v1/signups, for strangers and for callers with a key."""

import json

import pytest

WORDING = "Yes, write to me."
TICKED = {"ticked": True, "preticked": False, "wording": WORDING, "page_url": "https://www.example.com/join"}


def post(web, email="ana@example.com", headers=None, **fields):
    body = {"email": email, "source": "demo", "consent": TICKED, **fields}
    return web.client.post("/v1/signups", json=body, headers=headers)


def problems(response):
    return {(problem.get("field"), problem["code"]) for problem in response.json["problems"]}


def test_a_stranger_is_told_that_the_signup_was_received(web):
    response = post(web)
    assert (response.status_code, response.json) == (202, {"status": "received"})
    [lead] = web.leads()
    assert (lead.address, lead.outcome) == ("ana@example.com", "prospect")


def test_the_server_adds_what_it_saw_itself(web):
    client = web.client
    client.post(
        "/v1/signups", json={"email": "ana@example.com", "source": "demo", "consent": TICKED},
        headers={"User-Agent": "Browser/1", "X-Forwarded-For": "198.51.100.7"},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )  # fmt: skip
    [lead] = web.leads()
    kept = json.loads(lead.as_arrived)
    assert kept["seen"] == {"at": "2026-11-21T12:00:00+00:00", "ip": "203.0.113.9", "user_agent": "Browser/1"}
    assert kept["posted"] == {"email": "ana@example.com", "source": "demo", "consent": TICKED}


def test_a_strangers_signup_never_waits_for_dns(web):
    post(web, "ana@silent.example.net")
    assert web.routes.seconds == [0]
    assert [lead.outcome for lead in web.leads()] == ["hold"]


def test_the_workers_are_woken_whether_or_not_something_waits(web):
    post(web, "ana@example.com")
    post(web, "ana@silent.example.net")
    post(web, "ana@dead.example.net")
    assert len(web.woken) == 3


@pytest.mark.parametrize(
    ("email", "code", "suggestion"),
    [
        ("", "address_missing", None),
        ("ana", "address_no_at", None),
        ("@example.com", "address_no_local_part", None),
        ("ana@", "address_no_domain", None),
        ("ana@example", "address_domain_without_dot", None),
        ("ana@gmail", "address_domain_without_dot", "ana@gmail.com"),
        ("ana@[192.0.2.1]", "address_ip_address", None),
        ("ana@printer.local", "address_special_use", None),
        ("ana test@example.com", "address_bad_local_part", "ana+test@example.com"),
        ("ana@gmial.com", "address_looks_mistyped", "ana@gmail.com"),
    ],
)
def test_a_stranger_is_told_what_is_wrong_with_the_address(small_web, email, code, suggestion):
    response = post(small_web, email)
    assert response.status_code == 422
    assert response.content_type == "application/problem+json"
    [problem] = response.json["problems"]
    assert (problem["field"], problem["code"], problem.get("suggestion")) == ("email", code, suggestion)
    assert small_web.leads() == []


def test_a_person_may_insist_on_an_address_that_looks_mistyped(small_web):
    assert post(small_web, "ana@gmial.com", accept_as_typed=True).status_code == 202
    assert [lead.address for lead in small_web.leads()] == ["ana@gmial.com"]


def test_insisting_does_not_make_a_valid_address_of_one_that_is_not(small_web):
    assert post(small_web, "ana@@example.com", accept_as_typed=True).status_code == 422


@pytest.mark.parametrize("consent", [None, {}, {"ticked": False}, {"ticked": None}])
def test_a_form_that_asks_for_the_box_wants_it_ticked(small_web, consent):
    response = post(small_web, consent=consent)
    assert problems(response) == {("consent.ticked", "box_not_ticked")}
    assert small_web.leads() == []


def test_a_form_may_do_without_the_tick(small_web):
    small_web.source("open", requires_tick=False)
    assert post(small_web, source="open", consent={"ticked": False}).status_code == 202


def test_all_problems_are_told_at_once(small_web):
    response = post(small_web, "ana", consent=None, country="Freedonia")
    assert problems(response) == {
        ("email", "address_no_at"), ("consent.ticked", "box_not_ticked"), ("country", "unknown_country"),
    }  # fmt: skip


@pytest.mark.parametrize("country", ["US", "usa", "United States", "", None])
def test_a_country_may_be_written_as_people_write_it(small_web, country):
    assert post(small_web, country=country).status_code == 202


@pytest.mark.parametrize("source", ["nowhere", "", "private", "DEMO", "demo'--"])
def test_a_source_that_is_not_published_is_not_told_from_one_that_is_not_there(small_web, source):
    small_web.source("private", published=False)
    response = post(small_web, source=source)
    assert response.status_code == 422
    assert response.text == post(small_web, source="no-such-form").text
    assert problems(response) == {("source", "unknown_source")}


def test_unknown_fields_are_problems_with_a_suggestion(small_web):
    response = post(small_web, frist_name="Ana", consent={**TICKED, "worded": "x"})
    found = {problem["field"]: problem for problem in response.json["problems"]}
    assert found["frist_name"]["code"] == "unknown_field"
    assert found["frist_name"]["suggestion"] == "first_name"
    assert found["consent.worded"]["suggestion"] == "wording"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", 7, "not_text"), ("email", None, "null"), ("first_name", "x" * 201, "too_long"),
        ("consent", [], "not_an_object"), ("consent", {"ticked": "yes"}, "not_boolean"),
        ("consent", {"ticked": 1}, "not_boolean"),
        ("consent", {"purposes": "news"}, "not_a_list"), ("consent", {"purposes": ["a b"]}, "bad_purpose"),
        ("consent", {"purposes": ["x"] * 51}, "too_many"), ("attributes", {"a": {"b": 1}}, "not_a_scalar"),
        ("attributes", {"a": [1]}, "not_a_scalar"), ("attributes", {"a": "x" * 5001}, "too_long"),
        ("born_on", "31.05.1990", "not_a_day"), ("born_on", "1990-02-30", "not_a_day"), ("born_on", 1990, "not_text"),
        ("born_on", "19900531", "not_a_day"), ("age", 36, "not_text"), ("region", "x" * 101, "too_long"),
        ("attributes", {str(n): n for n in range(101)}, "too_many"), ("attributes", {"a" * 101: 1}, "too_long"),
    ],
)  # fmt: skip
def test_fields_of_the_wrong_shape_are_problems_for_everybody(small_web, field, value, code):
    for headers in (None, small_web.key("decisions")):
        response = post(small_web, headers=headers, **{field: value})
        assert response.status_code == 422
        assert code in {problem["code"] for problem in response.json["problems"]}
    assert small_web.leads() == []


def test_who_the_person_is_may_be_asked(web):
    assert post(web, region="Calif.", country="US", born_on="1990-05-31", age="36").status_code == 202
    assert post(web, "bo@example.com", region="", born_on="", age=None).status_code == 202
    assert [json.loads(lead.as_arrived)["posted"].get("born_on") for lead in web.leads()] == ["1990-05-31", ""]


def test_a_body_of_nonsense_fields_is_answered_briefly(small_web):
    response = small_web.client.post("/v1/signups", json={f"field{n}": n for n in range(10_000)})
    assert response.status_code == 422
    assert len(response.json["problems"]) <= 50


def test_attributes_are_kept_and_not_interpreted(web):
    post(web, attributes={"company": "Example & Söhne", "seats": 4, "sure": None, "tags": ["a", "b"]})
    [lead] = web.leads()
    assert json.loads(lead.as_arrived)["posted"]["attributes"]["company"] == "Example & Söhne"


# --- callers with a key


def test_a_caller_with_a_key_gets_the_decision(web):
    response = post(web, headers=web.key("decisions"))
    assert response.status_code == 200
    told = response.json
    assert (told["lead"], told["outcome"]) == ("lead_1", "prospect")
    assert told["decision"].startswith("dec_")
    assert {"rule", "reason", "verdict", "cites", "message", "remedy"} == set(told["findings"][0])
    assert set(told["findings"][0]["cites"]) == {"kind", "text", "url"}
    assert told["obligations"]
    assert web.routes.seconds == [None]


@pytest.mark.parametrize(
    ("email", "outcome"),
    [("not an address", "rejection"), ("", "rejection"), ("ana@dead.example.net", None),
     ("ana@silent.example.net", "hold")],
)  # fmt: skip
def test_for_a_caller_with_a_key_a_bad_lead_is_data(small_web, email, outcome):
    response = post(small_web, email, headers=small_web.key("decisions"))
    assert response.status_code == 200
    assert response.json["outcome"] == (outcome or response.json["outcome"])
    assert response.json["outcome"] != "prospect"
    assert all(finding["message"] for finding in response.json["findings"])
    assert response.json["obligations"] == []


def test_a_box_that_is_not_ticked_is_data_for_a_caller_with_a_key(small_web):
    response = post(small_web, headers=small_web.key("decisions"), consent={"ticked": False}, country="Freedonia")
    assert response.status_code == 200
    assert len(small_web.leads()) == 1


def test_a_caller_with_a_key_may_use_a_source_that_is_not_published(small_web):
    small_web.source("private", published=False)
    assert post(small_web, source="private", headers=small_web.key("decisions")).status_code == 200


def test_a_caller_with_a_key_is_told_of_a_source_that_is_not_there(small_web):
    response = post(small_web, source="nowhere", headers=small_web.key("decisions"))
    assert problems(response) == {("source", "unknown_source")}


def test_the_second_signup_of_a_mailbox_names_the_duplicate(small_web):
    key = small_web.key("decisions")
    post(small_web, headers=key)
    second = post(small_web, "Ana+again@example.com", headers=key).json
    assert second["outcome"] == "rejection"
    assert second["findings"][0]["reason"] == "already_known"
    assert second["obligations"] == []


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer gk_1_wrong", "Basic YTpi", "gk_1_x", "Bearer gk_1_x extra"])
def test_a_wrong_key_is_refused_and_never_taken_for_a_stranger(small_web, header):
    response = post(small_web, headers={"Authorization": header})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.content_type == "application/problem+json"
    assert small_web.leads() == []


def test_a_key_without_the_scope_is_forbidden(small_web):
    response = post(small_web, headers=small_web.key("lists"))
    assert response.status_code == 403
    assert response.json["problems"][0]["code"] == "missing_scope"
    assert small_web.leads() == []


# --- bodies


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nonsense", b'{"email": NaN}', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 3_000,
     b'{"email": 1' + b"0" * 5_000 + b"}",
     '{"email": "ana"}'.encode("utf-16")],
)  # fmt: skip
def test_what_is_no_json_is_a_bad_request(small_web, body):
    response = small_web.client.post("/v1/signups", data=body, content_type="application/json")
    assert response.status_code == 400
    assert response.json["problems"][0]["code"] == "bad_json"


@pytest.mark.parametrize("body", ["[]", '"x"', "7", "null", "true"])
def test_json_that_is_no_object_is_a_problem(small_web, body):
    response = small_web.client.post("/v1/signups", data=body, content_type="application/json")
    assert response.status_code == 422


@pytest.mark.parametrize(
    "text", [r"a\u0000b", r"\ud800", r"x\udfff"]
)  # fmt: skip
def test_text_that_no_database_keeps_is_a_problem(web, text):
    for body in (
        f'{{"email": "ana@example.com", "source": "demo", "first_name": "{text}"}}',
        f'{{"email": "ana@example.com", "source": "demo", "attributes": {{"{text}": 1}}}}',
        f'{{"email": "ana@example.com", "source": "demo", "attributes": {{"a": ["{text}"]}}}}',
    ):
        response = web.client.post("/v1/signups", data=body, content_type="application/json")
        assert response.status_code == 422
        assert response.json["problems"][0]["code"] == "bad_characters"
    assert web.leads() == []


def test_nesting_that_json_can_just_read_is_no_failure_of_ours(small_web):
    body = '{"attributes":' + "[" * 900 + "]" * 900 + "}"
    assert small_web.client.post("/v1/signups", data=body, content_type="application/json").status_code in {400, 422}


def test_a_field_given_twice_in_json_counts_as_the_last(small_web):
    body = '{"email": "x", "email": "ana@example.com", "source": "demo", "consent": {"ticked": true}}'
    assert small_web.client.post("/v1/signups", data=body, content_type="application/json").status_code == 202


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "", "application/jsonx"])
def test_other_types_of_body_are_refused(small_web, kind):
    response = small_web.client.post("/v1/signups", data=b'{"email": "ana@example.com"}', content_type=kind)
    assert response.status_code == 415
    assert "application/json" in response.headers["Accept-Post"]


def test_a_body_that_is_too_large_is_refused(small_web):
    body = json.dumps({"email": "ana@example.com", "source": "demo", "attributes": {"a": "x" * (1 << 20)}})
    response = small_web.client.post("/v1/signups", data=body, content_type="application/json")
    assert response.status_code == 413
    assert response.content_type == "application/problem+json"
