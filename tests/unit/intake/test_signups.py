"""A signup as a batch of one: what the person typed, what the server saw, what the form states."""

from datetime import UTC, datetime

import pytest
from builders import FORM

from gateway.intake.forms import Source
from gateway.intake.posted import document_of
from gateway.intake.signups import Evidence, to_batch

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SEEN = Evidence(NOON, "203.0.113.9", "Browser/1")
SOURCE = Source("demo", "The demo form", FORM, published=True)


def batch_of(**fields):
    signup = {"email": "ana@example.com", "source": "demo", **fields}
    return to_batch(signup, signup, SOURCE, SEEN, is_form_post=False)


def test_who_the_person_is_as_the_form_asked():
    batch = batch_of(region="Calif.", born_on="1990-05-31", age="36")
    assert batch.columns["region"] == ["Calif."]
    assert batch.columns["born_on"] == [datetime(1990, 5, 31, tzinfo=UTC)]
    assert batch.columns["age"] == ["36"]


@pytest.mark.parametrize("nothing", [None, ""])
def test_what_was_not_typed_has_no_column(nothing):
    batch = batch_of(region=nothing, born_on=nothing, age=nothing)
    assert not {"region", "born_on", "age"} & set(batch.columns)


def test_sensitive_questions_of_a_form_are_known_by_their_names():
    assert batch_of(attributes={"company": "x", "diabetic": "no"}).origin.statement.sensitive_columns == ("diabetic",)
    assert batch_of(attributes={"company": "x"}).origin.statement is FORM
    assert batch_of().origin.statement is FORM


def test_a_form_post_says_the_same_in_fields_of_its_own():
    document, _ = document_of([("email", ["a"]), ("region", ["TX"]), ("born_on", ["1990-05-31"]), ("age", ["36"])])
    assert document == {"email": "a", "region": "TX", "born_on": "1990-05-31", "age": "36"}
