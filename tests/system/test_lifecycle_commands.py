"""`gateway contactable` and `gateway phases`, as they are typed."""

import pytest
from becoming import tell
from commands import call
from emitting import ready_services, sign_up

from gateway.cli import happening


@pytest.fixture
def services(engine, clock, tmp_path, monkeypatch):
    made = ready_services(engine, clock, tmp_path)
    monkeypatch.setattr(happening, "open_services", lambda: made)
    sign_up(made, "ana@example.com", "ben@example.com")
    return made


def test_whoever_may_be_contacted_is_told_with_what_is_owed_to_them(services):
    shown = call("contactable")
    assert "ana@example.com" in shown
    people = [line for line in shown.splitlines() if "@example.com" in line]
    assert [line.split()[-1] for line in people] == ["A", "A"]
    (duties,) = [line for line in shown.splitlines() if line.startswith("Duties A: ")]
    assert "," in duties


def test_a_persons_history_is_told_in_the_words_of_a_view(services, clock):
    tell(services, ("ana", "purchase", "2026-11-01"))
    assert "new" in call("phases", "ana@example.com").lower()
    shown = call("phases", "ana@example.com", "--as", "five-stages")
    assert "conversion" in shown.lower()
    assert "there is no view" in call("phases", "ana@example.com", "--as", "no-such", check=2)
