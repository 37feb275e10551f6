"""Headings that name what the law protects most, and those that only look so."""

from pathlib import Path

import pytest

from gateway.intake.columns import sensitive
from gateway.intake.columns.headings import known_headings

LINES = [
    line.split("\t")
    for line in (Path(__file__).parents[3] / "gateway/intake/columns/sensitive.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(
    "heading",
    ["diabetic", "Diabetic?", "HEALTH", "health_condition", "healthCondition", "Medical Notes", "HIV status",
     "Religion", "religion (optional)", "Church member", "Race", "Race/Ethnicity", "ethnicGroup", "Union",
     "Trade Union", "Political party", "party_affiliation", "Sexual orientation", "Disability", "Gesundheitszustand",
     "Krankheit", "Konfession", "Religionszugehörigkeit", "Gewerkschaft", "Partei", "Schwerbehinderung (GdB)",
     "Santé", "sante", "Maladie", "Orientation sexuelle", "Syndicat", "Opinions politiques", "Handicap", "Salud",
     "RELIGIÓN", "Raza", "Sindicato", "Partido político", "Discapacidad", "Orientación sexual", "blood type", "DNA"],
)  # fmt: skip
def test_what_is_sensitive_is_recognised(heading):
    assert sensitive(["email", heading]) == (heading,)


@pytest.mark.parametrize(
    "heading",
    ["email", "Health Score", "account_health", "race name", "Race Date", "European Union", "Christian Name", "Sex",
     "gender", "Disabled", "Party", "party size", "Politique de confidentialité", "", "column 3", "-", "Faithful",
     "commedical", "orientation", "confession booth"],
)  # fmt: skip
def test_what_only_looks_so_is_not(heading):
    assert sensitive([heading]) == ()


def test_no_heading_that_feeds_a_field_is_sensitive():
    known, _ = known_headings()
    assert sensitive(heading for heading, uses in known.items() if uses != ("kept",)) == ()


def test_every_kind_has_words_of_four_languages_and_no_line_stands_twice():
    phrases = [phrase for phrase, _ in LINES]
    assert sorted({phrase for phrase in phrases if phrases.count(phrase) > 1}) == []
    assert {kind for _, kind in LINES} == {
        "health", "disability", "belief", "union", "politics", "sexuality", "origin", "genes",
    }  # fmt: skip
