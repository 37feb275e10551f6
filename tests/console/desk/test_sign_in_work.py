"""Whether there is an account, the work of a sign-in does not tell: the same questions, hashes and rows for both."""

from collections import Counter

import pytest
from desk import OURS
from doors import PASSWORD, member
from sqlalchemy import event

from gateway.access import passwords


def work_of(site, monkeypatch, address):
    """What a wrong password makes the server do: statements to the database by their text, and hashes."""
    done = Counter()
    hasher = passwords._hasher()

    class Counted:
        def verify(self, kept, text):
            done["hash"] += 1
            return hasher.verify(kept, text)

        def hash(self, text):
            done["made"] += 1
            return hasher.hash(text)

    passwords._nobodys.cache_clear()  # as in a process that has just begun

    def noted(connection, cursor, statement, *_):
        done[statement] += 1

    with monkeypatch.context() as patched:
        patched.setattr(passwords, "_hasher", Counted)
        event.listen(site.services.engine, "before_cursor_execute", noted)
        answer = site.client.post("/desk/sign-in", data={"address": address, "password": "not this one"}, headers=OURS)
        event.remove(site.services.engine, "before_cursor_execute", noted)
    passwords._nobodys.cache_clear()
    return done, answer


@pytest.mark.parametrize("kind", ["with a password", "invited", "left"])
def test_known_and_unknown_accounts_take_the_same_work(site, monkeypatch, kind):
    number = member(site, "officer", "olga@example.com", None if kind == "invited" else PASSWORD)
    if kind == "left":
        from gateway.access.people import add_person, leave

        with site.services.unit_of_work() as work:
            add_person(work, "Other", "other@example.com", "administrator")
            leave(work, number)
    known, told = work_of(site, monkeypatch, "olga@example.com")
    unknown, said = work_of(site, monkeypatch, "nobody@example.com")
    assert known == unknown
    assert (known["hash"], known["made"]) == (1, 1)
    assert told.status_code == said.status_code >= 400
    assert told.text.replace("olga@", "nobody@") == said.text
