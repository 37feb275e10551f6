"""A child signs up by itself: nothing of it is kept, not even the answer's own copy (16 CFR 312)."""

from sqlalchemy import text

from gateway.db.base import metadata

CHILD = {
    "email": "tim.kid@example.com", "first_name": "Timothy", "source": "demo", "country": "US", "born_on": "2018-05-31",
    "consent": {"ticked": True, "wording": "Yes, write to me."}, "attributes": {"school": "Elm Street"},
}  # fmt: skip
TRACES = ("tim.kid", "Timothy", "2018", "Elm Street", "example.com")


def cells(web):
    """Every cell of every table but those about no lead: policies, DNS answers and the form itself."""
    beside = {"policy_sets", "mail_routes", "sources", "statements", "decisions"}
    with web.services.engine.connect() as connection:
        for table in metadata.sorted_tables:
            if table.name not in beside:
                for row in connection.execute(text(f'SELECT * FROM "{table.name}"')):
                    yield table.name, " ".join(map(str, row))


def test_nothing_is_kept_of_a_child(web):
    for headers in ({}, web.key("decisions")):
        answer = web.client.post("/v1/signups", json=CHILD, headers={**headers, "Idempotency-Key": "k1"})
        assert answer.status_code in {200, 202}
    assert [lead.outcome for lead in web.leads()] == ["rejection", "rejection"]
    assert [(name, row) for name, row in cells(web) for trace in TRACES if trace in row] == []
    again = web.client.post("/v1/signups", json=CHILD, headers={**headers, "Idempotency-Key": "k1"})
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json["outcome"] == "rejection"
