"""What a source has set for a platform: all mistakes at once, tokens told once, secrets never shown."""

import pytest
from builders import FORM, make_services

from gateway.db.work import reading
from gateway.domain.problem import CallerError
from gateway.intake.forms import Source, create_source, find_source
from gateway.intake.platforms.proof import digest_of, token_fits
from gateway.intake.platforms.settings import names_of, remove_platform, set_platform
from gateway.intake.platforms.table import PLATFORMS

VALUES = {"oid": "00D000000000EXA", "page_id": "12345678"}


@pytest.fixture
def services(engine, clock, tmp_path):
    made = make_services(engine, clock, tmp_path)
    with made.unit_of_work() as work:
        create_source(work, Source("demo", "Demo", FORM))
    return made


def set_(services, platform, **more):
    new = more.pop("new_address", False)
    with services.unit_of_work() as work:
        return set_platform(work, "demo", platform, more, new_address=new)


def found(services):
    with reading(services.engine) as connection:
        return find_source(connection, "demo")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_can_be_set_with_what_it_needs_and_not_without(services, platform):
    needs = {name: VALUES.get(name, f"a long {name}") for name in PLATFORMS[platform].needs}
    for name in needs:
        with pytest.raises(CallerError) as error:
            set_(services, platform, **{one: value for one, value in needs.items() if one != name})
        assert [(problem.code, problem.field) for problem in error.value.problems] == [("missing", name)]
    token = set_(services, platform, **needs)
    assert (token is not None) == (PLATFORMS[platform].address == "token")
    kept = found(services).form.platforms[platform]
    assert {name: value for name, value in kept.items() if name != "token"} == needs
    assert token is None or (kept["token"] == digest_of(token) and len(token) >= 32)


def test_what_was_set_before_stays_and_the_old_address_ends(services):
    first = set_(services, "jotform", consent_box="news")
    assert set_(services, "jotform") is None
    second = set_(services, "jotform", new_address=True)
    kept = found(services).form.platforms["jotform"]
    assert kept["consent_box"] == "news"
    assert token_fits(second, kept)
    assert not token_fits(first, kept)


def test_everything_that_is_wrong_is_told_and_no_value_with_it(services):
    with pytest.raises(CallerError) as error:
        set_(services, "meta", app_secret="short", verify_token="two\nlines", access_token="x" * 3_000, key="k")
    assert sorted((problem.code, problem.field) for problem in error.value.problems) == [
        ("bad_value", "access_token"), ("bad_value", "app_secret"), ("bad_value", "verify_token"),
        ("unknown_name", "key"),
    ]  # fmt: skip
    assert "short" not in str(error.value)
    with pytest.raises(CallerError, match="no platform 'mailchimp'"):
        set_(services, "mailchimp")
    with pytest.raises(CallerError, match="without a secret"):
        set_(services, "salesforce", oid="00D000000000EXA", new_address=True)
    with pytest.raises(CallerError, match="no source 'other'"), services.unit_of_work() as work:
        set_platform(work, "other", "jotform", {})


def test_a_token_cannot_be_set_by_hand():
    assert all("token" not in names_of(platform) for platform in PLATFORMS)


def test_what_is_removed_is_gone_and_the_rest_stays(services):
    set_(services, "jotform")
    set_(services, "elementor")
    with services.unit_of_work() as work:
        assert remove_platform(work, "demo", "jotform")
        assert not remove_platform(work, "demo", "jotform")
    assert list(found(services).form.platforms) == ["elementor"]


def test_no_secret_shows_where_a_source_is_printed(services):
    set_(services, "google-ads", key="a-very-secret-key")
    assert "a-very-secret-key" not in repr(found(services))
