"""What is read quickly is what the schema makes of it; and nothing is read quickly that the schema refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields

from gateway.intake.quick import quick
from gateway.intake.schemas import Signup, Strict

SCHEMA = Signup()
READ = quick(SCHEMA)
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(0, 9), st.floats(), st.just(""), st.text(max_size=12), st.lists(st.text()),
    st.sampled_from(["1990-05-31", "31.5.1990", "x" * 70, "x" * 20_001]),
    st.dictionaries(st.text(max_size=3), st.none()),
)  # fmt: skip


def documents(schema, **more):
    """Of the schema's own fields, each there or not, of a kind that may be theirs or not."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(schema.load_fields, ODD) | {"other": ODD} | more)


@given(
    documents(
        SCHEMA, email=st.just("ann@example.com"), source=st.just("demo"),
        consent=documents(SCHEMA.load_fields["consent"].schema, ticked=st.booleans()),
    )
)  # fmt: skip
def test_what_is_read_quickly_is_what_the_schema_reads(document):
    found = READ(document)
    try:
        read = SCHEMA.load(document)
    except ValidationError:
        read = None
    assert found is None or found == read
    assert found is None or list(found) == list(read)


def test_an_ordinary_signup_is_read_quickly():
    document = {
        "email": "ann@example.com", "source": "demo", "phone": None, "born_on": "1990-05-31", "accept_as_typed": True,
        "consent": {"ticked": True, "wording": "Yes.", "page_url": "https://www.example.com/"}, "guard": {"trap": ""},
    }  # fmt: skip
    assert READ(document) == SCHEMA.load(document) == document


@pytest.mark.parametrize(
    "document",
    [
        None, [], "text", {}, {"email": "ann@example.com"}, {"email": None, "source": "demo"},
        {"email": "ann@example.com", "source": "demo", "nobody": "knows"},
        {"email": "ann@example.com", "source": "x" * 65},
        {"email": "ann@example.com", "source": "demo", "consent": {"ticked": 1}},
        {"email": "ann@example.com", "source": "demo", "born_on": "31.5.1990"},
        {"email": "ann@example.com", "source": "demo", "attributes": {"size": "M"}},
    ],
)  # fmt: skip
def test_whatever_is_not_plain_is_left_to_the_schema(document):
    assert READ(document) is None


def test_a_field_that_is_kept_under_another_name_is_refused():
    class Other(Strict):
        kept = fields.String(data_key="posted")

    with pytest.raises(ValueError, match="kept"):
        quick(Other())
