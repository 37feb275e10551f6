"""The words of our forms: the same in every language, for every problem that a form can have."""

import re

import pytest

from gateway.domain.problem import Problem
from gateway.intake.formsettings import FIELDS
from gateway.intake.languages import LANGUAGES, choose_language, direction, say, words
from gateway.intake.signups import _ADDRESS_SAYS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language):
    said, english = words(language), words("en")
    assert list(said) == list(english)
    for name, text in said.items():
        assert text.strip(), name
        assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", english[name]), name
        assert language == "en" or text != english[name] or name == "trap", name
    assert {f"field_{name}" for name in FIELDS} <= set(said)
    assert {f"address_{problem}" for problem in _ADDRESS_SAYS} <= set(said)


def test_what_we_have_no_words_for_is_said_as_it_came():
    assert say("de", Problem("missing", "x")) == "Bitte füllen Sie dieses Feld aus."
    assert say("de", Problem("address_of_the_moon", "x")) == words("de")["address_wrong"]
    assert say("de", Problem("something_else", "as it came")) == "as it came"


@pytest.mark.parametrize(("tag", "chosen"), [("de-AT", "de"), ("RU", "ru"), ("pt", "en"), ("", "en"), ("../x", "en")])
def test_the_language_that_is_read(tag, chosen):
    assert choose_language(tag) == chosen


def test_the_direction_of_a_language():
    assert [direction(tag) for tag in ("en", "ar", "he-IL", "FA")] == ["ltr", "rtl", "rtl", "rtl"]
