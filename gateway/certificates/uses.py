"""With whose leads certificates and tokens came before, and what their issuers said: never more rows than it takes.

One certificate may stand on a hundred thousand leads. Of one that has few all are read. Of the others it is enough, to
judge another lead, to know two persons whom it came with elsewhere, or the one person and from whom; so a question
leaps through the index ix_certificates_uses from one source, person and vendor to the next, and stops at the second.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from gateway.db.keys import CHUNK, FEW, KEY_BYTES
from gateway.db.plain import ask
from gateway.domain.ports import Use

SAYS = ("matches", "does_not_match", "not_found")
MOST = 1000
"""So far is counted how many leads, sources and vendors have one certificate; beyond it is "more than"."""

CROWD = 16
"""Leads; of a certificate that has more not all are read."""

_NO_LEAD = 2**63 - 1  # above the number of any lead
_PLACES = "WITH RECURSIVE place(i) AS (SELECT 1 UNION ALL SELECT i + 16 FROM place WHERE i + 16 <= length(?1))"
_FIRST = "SELECT c.digest, c.match_key, c.vendor, c.source, c.lead_id FROM"
_SQLITE_FIRST = (
    f"{_PLACES} {_FIRST} place CROSS JOIN certificates c ON c.digest = substr(?1, i, 16) AND c.lead_id <= COALESCE("  # noqa: S608 - ours
    f"(SELECT x.lead_id FROM certificates x WHERE x.digest = substr(?1, i, 16) ORDER BY x.lead_id LIMIT 1 "
    f"OFFSET {CROWD}), {_NO_LEAD})"
)
_POSTGRESQL_FIRST = (
    f"{_FIRST} unnest(%b::bytea[]) AS one(digest) CROSS JOIN LATERAL "  # noqa: S608 - ours
    f"(SELECT * FROM certificates x WHERE x.digest = one.digest ORDER BY x.lead_id LIMIT {CROWD + 1}) c"
)

# The next use after one, in the order of the index. One's own source is leapt over whole: no key is above ``top``; and
# without a lead's number SQLite would walk over the leads of one person rather than leap.
_NEXT = (
    "SELECT x.lead_id FROM certificates x WHERE x.digest = seen.digest AND x.match_key IS NOT NULL "  # noqa: S608 - ours
    "AND (x.source, x.match_key, x.vendor, x.lead_id) > (seen.source, "
    f"CASE WHEN seen.source = seen.own THEN seen.top ELSE seen.match_key END, seen.vendor, {_NO_LEAD}) "
    "ORDER BY x.source, x.match_key, x.vendor, x.lead_id LIMIT 1"
)
_LAST = (
    "SELECT x.lead_id FROM certificates x {index} WHERE x.digest = seen.digest AND x.source = seen.source "
    "AND x.match_key = seen.match_key AND x.vendor = seen.vendor AND x.match_key IS NOT NULL "
    "ORDER BY x.lead_id DESC LIMIT 1"
)
_LEAPS = (
    "SELECT c.digest, c.source, c.match_key, c.vendor, c.lead_id, seen.own, seen.top, "  # noqa: S608 - ours
    "CASE WHEN c.source = seen.own THEN seen.whose ELSE COALESCE(seen.whose, c.match_key) END, "
    "CASE WHEN c.source <> seen.own AND seen.whose <> c.match_key THEN 1 ELSE 0 END "
    f"FROM seen JOIN certificates c ON c.digest = seen.digest AND c.lead_id = ({_NEXT}) WHERE seen.others = 0"
)
_SEEN = "seen(digest, source, match_key, vendor, lead_id, own, top, whose, others)"
_FOUND = (
    f"SELECT seen.digest, seen.match_key, seen.vendor, seen.source, seen.lead_id, ({_LAST}) "  # noqa: S608 - ours
    "FROM seen WHERE seen.lead_id IS NOT NULL AND seen.source <> seen.own"
)
_SQLITE = (
    f"{_PLACES}, {_SEEN} AS (SELECT substr(?1, i, 16), '', X'', '', NULL, ?2, ?3, NULL, 0 FROM place "  # noqa: S608 - ours
    f"UNION ALL {_LEAPS}) {_FOUND.format(index='INDEXED BY ix_certificates_uses')}"
)
_POSTGRESQL = (
    f"WITH RECURSIVE {_SEEN} AS (SELECT one.digest, ''::varchar(64), ''::bytea, ''::text, NULL::bigint, "  # noqa: S608 - ours
    "%s::varchar(64), %b::bytea, NULL::bytea, 0 FROM unnest(%b::bytea[]) AS one(digest) "
    f"UNION ALL {_LEAPS}) {_FOUND.format(index='')}"
)
_TOP = b"\xff" * (KEY_BYTES + 1)

_SAID = (
    "SELECT a.says FROM certificate_answers a WHERE a.digest = {digest} AND a.match_key = {key} "  # noqa: S608 - ours
    f"AND a.says IN {SAYS!r} ORDER BY a.id DESC LIMIT 1"
)
_SQLITE_SAID = (
    "WITH RECURSIVE place(i) AS (SELECT 1 UNION ALL SELECT i + 32 FROM place WHERE i + 32 <= length(?1)) "  # noqa: S608 - ours
    "SELECT substr(?1, i, 16), substr(?1, i + 16, 16), "
    f"({_SAID.format(digest='substr(?1, i, 16)', key='substr(?1, i + 16, 16)')}) FROM place"
)
_POSTGRESQL_SAID = (
    f"SELECT one.digest, one.key, ({_SAID.format(digest='one.digest', key='one.key')}) "  # noqa: S608 - ours
    "FROM unnest(%b::bytea[], %b::bytea[]) AS one(digest, key)"
)


def find_uses(connection: Connection, digests: Iterable[bytes], own: str | None = None) -> dict[bytes, list[Use]]:
    """With whose leads these came, but for those of the source ``own``.

    As much of it as can matter: up to the second person; of each, source and vendor the first lead and the last.
    """
    wanted = sorted(dict.fromkeys(digests))
    if not wanted or (len(wanted) > FEW and not ask(connection, "SELECT 1 FROM certificates LIMIT 1")):
        return {}
    sqlite, found = connection.dialect.name == "sqlite", dict[bytes, list[Use]]()
    crowded: list[bytes] = []
    for chunk in _chunks(wanted):
        first = ask(connection, _SQLITE_FIRST if sqlite else _POSTGRESQL_FIRST, (b"".join(chunk) if sqlite else chunk,))
        often = Counter(row[0] for row in first) if len(first) > CROWD else {}
        for digest, key, vendor, source, lead in first:
            if often.get(digest, 0) > CROWD:
                continue
            if key is not None and source != own:
                found.setdefault(bytes(digest), []).append(Use(bytes(key), vendor, source, lead))
        crowded += [bytes(digest) for digest, count in often.items() if count > CROWD]
    for chunk in _chunks(crowded):
        values = (b"".join(chunk), own or "", _TOP) if sqlite else (own or "", _TOP, chunk)
        for digest, key, vendor, source, lead, last in ask(connection, _SQLITE if sqlite else _POSTGRESQL, values):
            uses = found.setdefault(bytes(digest), [])
            uses += [Use(bytes(key), vendor, source, number) for number in sorted({lead, last})]
    return found


def find_says(connection: Connection, pairs: Iterable[tuple[bytes, bytes]]) -> dict[tuple[bytes, bytes], str]:
    """What issuers said last, of each digest with each match key; absent where they never answered."""
    wanted = sorted(dict.fromkeys(pairs))
    if not wanted or not ask(connection, "SELECT 1 FROM certificate_answers LIMIT 1"):
        return {}
    sqlite, found = connection.dialect.name == "sqlite", dict[tuple[bytes, bytes], str]()
    for chunk in _chunks(wanted):
        values: tuple[Any, ...] = ([d for d, _ in chunk], [k for _, k in chunk])
        if sqlite:
            values = (b"".join(digest + key for digest, key in chunk),)
        for digest, key, says in ask(connection, _SQLITE_SAID if sqlite else _POSTGRESQL_SAID, values):
            if says is not None:
                found[bytes(digest), bytes(key)] = says
    return found


def _chunks(wanted: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]


# --- for showing


@dataclass(frozen=True, slots=True)
class Spread:
    """How widely the most used of a lead's certificates was used; MOST + 1 of anything: more than can be counted."""

    leads: int
    sources: int
    vendors: int

    def __str__(self) -> str:
        """In words, for officers."""
        vendors = f", {_told(self.vendors, 'vendor')}" if self.vendors else ""
        return f"{_told(self.leads, 'lead')}, {_told(self.sources, 'list or form', 'lists and forms')}{vendors}"


def _told(count: int, one: str, many: str = "") -> str:
    if count > MOST:
        return f"more than {MOST:,} {many or one + 's'}"
    return f"{count:,} {one if count == 1 else many or one + 's'}"


_SOURCES = (
    "WITH RECURSIVE seen(n, source, vendor) AS ({seed} UNION ALL SELECT seen.n + 1, c.source, c.vendor FROM seen "  # noqa: S608 - ours
    "JOIN certificates c ON c.digest = {digest} AND c.lead_id = (SELECT x.lead_id FROM certificates x "
    "WHERE x.digest = {digest} AND x.match_key IS NOT NULL AND x.source > seen.source "
    f"ORDER BY x.source, x.match_key, x.vendor, x.lead_id LIMIT 1) WHERE seen.n <= {MOST}) "
    "SELECT source, vendor FROM seen WHERE n > 0"
)
_SEEDS = {"sqlite": "SELECT 0, '', ''", "postgresql": "SELECT 0, ''::varchar(64), ''::text"}


def find_spread(connection: Connection, key: bytes, lead: int) -> Spread | None:
    """Of the certificates that came with a lead the most used one; None where it came with none."""
    query = "SELECT digest FROM certificates WHERE match_key = ? AND lead_id = ?"
    spreads = [_spread(connection, digest) for (digest,) in ask(connection, query, (key, lead))]
    return max(spreads, key=lambda one: (one.leads, one.sources), default=None)


def _spread(connection: Connection, digest: bytes) -> Spread:
    """Counted no further than MOST. Leads of erased people are among the leads; nobody says where they were."""
    leads = f"SELECT COUNT(*) FROM (SELECT 1 FROM certificates WHERE digest = ? LIMIT {MOST + 1}) AS counted"  # noqa: S608 - ours
    query = _SOURCES.format(seed=_SEEDS[connection.dialect.name], digest="?")
    sources = ask(connection, query, (digest, digest))
    vendors = {vendor for _, vendor in sources if vendor}
    ((count,),) = ask(connection, leads, (digest,))
    return Spread(count, len(sources), len(vendors))
