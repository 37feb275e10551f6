"""The notice book: versions by language, words that stay, and the one that is chosen for a reader."""

from hashlib import sha256

import pytest

from gateway.db.work import reading, unit_of_work
from gateway.domain.lead import Statement
from gateway.domain.problem import CallerError
from gateway.intake.forms import Source, create_source, find_source, find_with_notice
from gateway.intake.notices import all_notices, choose_notice, current_notices, find_notice, keep_notice


def keep(engine, clock, *notices):
    with unit_of_work(engine, clock.now()) as work:
        return [keep_notice(work, "news", language, text) for language, text in notices]


def test_a_new_wording_is_a_new_version_and_the_old_one_stays(engine, clock):
    made = keep(engine, clock, ("en", "Yes."), ("en", "Yes, please."), ("en", " Yes, please.\r\n"), ("de", "Ja."))
    assert [(one.language, one.version) for one in made] == [("en", 1), ("en", 2), ("en", 2), ("de", 1)]
    with reading(engine) as connection:
        assert [(one.language, one.text) for one in current_notices(connection, "news")] == [
            ("de", "Ja."), ("en", "Yes, please."),
        ]  # fmt: skip
        assert [one.text for one in all_notices(connection, "news")] == ["Ja.", "Yes.", "Yes, please."]
        assert find_notice(connection, "news", sha256(b"Yes.").hexdigest()).text == "Yes."
        assert find_notice(connection, "shop", sha256(b"Yes.").hexdigest()) is None
        assert all_notices(connection, "shop") == []


def test_a_form_and_its_notice_are_found_in_one_question_as_in_two(engine, clock):
    form = Source("news", "News", Statement(direct=True, wording="Yes."))
    with unit_of_work(engine, clock.now()) as work:
        create_source(work, form)
        create_source(work, Source("shop", "Shop", Statement(direct=True, wording="Yes, please.")))
        keep_notice(work, "news", "en", "Yes, do.")
        keep_notice(work, "news", "de", "Yes.")  # the same words twice
        keep_notice(work, "news", "en", "Yes.")  # and once more
    digests = [sha256(words).hexdigest() for words in (b"Yes.", b"Yes, do.", b"Yes, please.", b"No.")]
    with reading(engine) as connection:
        for key in ("news", "shop", "none", "' OR 1=1"):
            for digest in (*digests, "", "x" * 64, "' OR 1=1"):
                found = find_source(connection, key), find_notice(connection, key, digest)
                assert find_with_notice(connection, key, digest) == found
        source, notice = find_with_notice(connection, "news", digests[0])
        assert source == form
        assert (notice.language, notice.version, notice.text) == ("en", 3, "Yes.")


@pytest.mark.parametrize("digest", ["", "0" * 64, "x" * 64, "0" * 63, "' OR 1=1"])
def test_a_digest_of_nothing_finds_nothing(engine, clock, digest):
    keep(engine, clock, ("en", "Yes."))
    with reading(engine) as connection:
        assert find_notice(connection, "news", digest) is None


@pytest.mark.parametrize(
    ("language", "text"), [("english!", "Yes."), ("", "Yes."), ("en", " \n"), ("en", "x" * 20_001)]
)
def test_what_is_no_notice_is_refused(engine, clock, language, text):
    with pytest.raises(CallerError):
        keep(engine, clock, (language, text))


@pytest.mark.parametrize(
    ("wanted", "usual", "chosen"),
    [("de", "en", "de"), ("de-AT", "en", "de"), ("pt-PT", "en", "pt-BR"), ("fr", "en", "en"), ("fr", "xx", "de"),
     ("", None, "de"), ("PT-br", "en", "pt-BR")],
)  # fmt: skip
def test_the_notice_that_a_reader_is_shown(engine, clock, wanted, usual, chosen):
    made = keep(engine, clock, ("de", "Ja."), ("en", "Yes."), ("pt-BR", "Sim."))
    assert choose_notice(made, wanted, usual).language == chosen
    assert choose_notice([], wanted, usual) is None
