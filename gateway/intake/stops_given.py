"""Suppressions handed out: hashes of those whose address is still stored, or the whole book to keep apart."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.db.work import reading
from gateway.domain.address import canonical, rough
from gateway.domain.hashed import ALGORITHMS, digests
from gateway.intake.restoring import key_checks
from gateway.outcomes.export import csv_alone
from gateway.outcomes.hashed import people_who_left
from gateway.pipeline import Services
from gateway.suppression.backup import dump
from gateway.suppression.book import count_people
from gateway.suppression.hashes import all_hashes

PLAIN = "plain"
BACKUP = "backup"
FORMS = (*ALGORITHMS, PLAIN, BACKUP)


@dataclass(slots=True)
class Given:
    """Handing out once; the counts hold when all lines are out."""

    services: Services
    lines_out: int = 0
    people: int = 0  # match keys whose address is stored
    orders: int = 0  # match keys with an order of everything or all mail

    @property
    def without_address(self) -> int:
        """Of how many people only the match key is left: nobody can be told of them but by the backup."""
        return self.orders - self.people

    def lines(self, form: str, variant: str) -> Iterator[str]:
        """The lines of a file. Only orders of everything or all mail; one of a brand or source is nobody else's."""
        if form == BACKUP:
            yield from self._backup()
            return
        yield "email" if form == PLAIN else form.upper()
        seen: set[str] = set()
        with reading(self.services.engine, snapshot=True) as connection:
            keys: set[bytes] = set()
            for key, typed, normalised in people_who_left(connection, whole=True):
                keys.add(key)
                seen.add(written(variant, typed, normalised))
            self.people, self.orders = len(keys), count_people(connection)
            found = {csv_alone(text) for text in seen}
            if form != PLAIN:
                found = {digest.hex() for digest in digests(form, seen)}
                found.update(digest.hex() for digest in all_hashes(connection, form))
        self.lines_out = len(found)
        yield from sorted(found)

    def _backup(self) -> Iterator[str]:
        with reading(self.services.engine, snapshot=True) as connection:
            for line in dump(connection, key_checks(self.services)[0], self.services.clock.now()):
                self.lines_out += 1
                yield line
        self.lines_out -= 2  # the first says what it is, the last how many there are


def written(variant: str, typed: str | None, normalised: str | None) -> str:
    """An address in one of the ways of writing (domain.hashed.VARIANTS)."""
    raw = typed or normalised or ""
    if variant == "raw":
        return raw
    if variant == "trimmed":
        return raw.strip()
    if variant == "lower":
        return (normalised or raw.strip()).lower()
    local, _, domain = (normalised or "").rpartition("@")
    return canonical(local, domain) if normalised else rough(raw)
