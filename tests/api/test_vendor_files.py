"""Vendors' files over HTTP."""

import pytest

VENDOR = "Meridian Leads"


@pytest.fixture
def caller(web):
    return web.key("vendors")


def test_a_file_is_written_and_read(web, caller):
    def post(path, **body):
        return web.client.post(f"/v1/vendors/{path}", json={"vendor": VENDOR, **body}, headers=caller)

    signed = post(
        "notes", kind="attestation", text="All agreed.", signed_by="J. Doe", on="2026-03-31", until="2026-12-01"
    )
    assert signed.status_code == 201
    assert post("notes", kind="registration", state="CA", year=2026).status_code == 201
    assert post("notes", kind="identity", name="legal_name", text="Meridian Leads LLC").status_code == 201
    assert post("notes", kind="answer", name="chain_duties", parts=["collector_named"]).status_code == 201
    made = post(
        "contracts", **{"from": "2026-01-01"}, name="ML-1", price_minor=45, currency="USD", return_days=30,
        accepted_reasons=["duplicate_in_list"], duties=["Name the collector"],
    )  # fmt: skip
    assert made.status_code == 201
    shown = web.client.get("/v1/vendors/file", query_string={"vendor": "meridian  LEADS"}, headers=caller).json
    assert [(one["kind"], one["state"]) for one in shown["notes"]] == [
        ("attestation", "ending"), ("registration", "stands"), ("identity", "stands"), ("answer", "stands"),
    ]  # fmt: skip
    [contract] = shown["contracts"]
    assert (contract["contract"], contract["price_minor"], contract["accepted_reasons"]) == (
        made.json["contract"], 45, ["duplicate_in_list"],
    )  # fmt: skip
    gone = web.client.post(
        "/v1/vendors/withdrawals", json={"note": signed.json["note"], "why": "The collector closed."}, headers=caller
    )
    assert (gone.status_code, gone.json["people"]) == (200, 0)
    again = web.client.post(
        "/v1/vendors/withdrawals", json={"note": signed.json["note"], "why": "The collector closed."}, headers=caller
    )
    assert again.status_code == 404


@pytest.mark.parametrize(("path", "body", "code"), [
    ("notes", {"kind": "diary"}, "not_a_choice"),
    ("notes", {"kind": "attestation", "text": "All agreed.", "signed_by": "J. Doe", "on": "31.3.2026"}, "not_a_day"),
    ("notes", {"kind": "identity", "name": "contact", "text": "dpo@example.com"}, "contains_address"),
    ("notes", {"kind": "answer", "name": "privacy_terms"}, "unknown_choice"),
    ("contracts", {"name": "x", "from": "2026-01-01", "accepted_reasons": ["no_such"]}, "unknown_reason"),
    ("contracts", {"name": "x"}, "missing"),
])  # fmt: skip
def test_nonsense_is_a_problem(web, caller, path, body, code):
    answer = web.client.post(f"/v1/vendors/{path}", json={"vendor": VENDOR, **body}, headers=caller)
    assert (answer.status_code, answer.json["problems"][0]["code"]) == (422, code)


def test_a_vendor_never_heard_of_has_no_file(web, caller):
    answer = web.client.get("/v1/vendors/file", query_string={"vendor": "nobody"}, headers=caller)
    assert answer.status_code == 404
    assert web.client.get("/v1/vendors/file", query_string={"vendor": "nobody"}).status_code == 401
