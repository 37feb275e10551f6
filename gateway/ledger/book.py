"""Writing the ledger and checking it. Entries carry no addresses; nothing here changes or removes one."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DatabaseError

from gateway.db.base import text_of
from gateway.db.plain import ask, ask_one
from gateway.db.work import UnitOfWork, reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, LedgerError, Problem
from gateway.ledger.about import words_of
from gateway.ledger.notes import Notary
from gateway.ledger.proofs import entries_of_path, path_of
from gateway.ledger.tables import about, entries
from gateway.ledger.tree import EMPTY, Frontier, edges, leaf_hash, root_of_path

_COLUMNS = ("seq", "at", "kind", "body", "leaf_hash", "subtree", "root", "signature")
_EDGES = f"SELECT subtree, root, signature FROM {entries.name} WHERE seq {{among}} ORDER BY seq"  # noqa: S608 - our own name
_SQLITE, _POSTGRESQL = (_EDGES.format(among=one) for one in ("IN (SELECT value FROM json_each(?))", "= ANY(?)"))
ROTATED = "secret.rotated"
KEPT = "checkpoint.kept"
_OFTEN = 500  # entries between two words on how far a check has come
_KIND = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")  # noun.participle: batch.settled


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking the ledger found. Counts and root are of the part that fits."""

    ok: bool
    entries: int
    root: str  # hex
    first_bad: int | None = None  # the first entry that does not fit
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """That one entry is in the ledger of one size (RFC 6962 2.1.1); to be checked with tree.root_of_path."""

    seq: int
    size: int
    leaf_hash: bytes
    path: tuple[bytes, ...]


def count_entries(connection: Connection) -> int:
    """How many entries there are; they are numbered without gaps."""
    return int(ask_one(connection, f"SELECT max(seq) FROM {entries.name}") or 0)  # noqa: S608 - our own name


def kept_last(connection: Connection) -> datetime | None:
    """When a checkpoint was handed out last, to be kept outside; None if none ever was."""
    query = select(entries.c.at).where(entries.c.kind == KEPT).order_by(entries.c.seq.desc()).limit(1)
    return connection.execute(query).scalar()


class Ledger:
    """The ledger of a gateway with this secret. Holds no state: several processes may each have one.

    ``former``: the secrets of before, the oldest first. Entries of their time bear their signatures; the first entry
    under a newer secret is ``secret.rotated``.
    """

    def __init__(self, secret: str, former: Sequence[str] = ()) -> None:
        self._notary = Notary(secret)
        self._notaries = [*map(Notary, former), self._notary]

    def append(self, work: UnitOfWork, kind: str, body: Mapping[str, Any]) -> int:
        """Add an entry in this transaction; its number. The unit of work's lock keeps the numbers gapless.

        Raises ValueError if the kind is no ``noun.participle`` or anything in the body holds an @, and LedgerError
        if the last entry was tampered with or signed under another secret: nothing may be built on that.
        """
        return self._append(work, kind, body, self._notary)

    def hand_over(self, work: UnitOfWork, successor: "Ledger", body: Mapping[str, Any]) -> int:
        """Let the ledger go on under another secret, which signs from this entry on; its number."""
        return self._append(work, ROTATED, body, successor._notary)  # noqa: SLF001 - of the same class

    def _append(self, work: UnitOfWork, kind: str, body: Mapping[str, Any], notary: Notary) -> int:
        if not _KIND.fullmatch(kind):
            raise ValueError(f"{kind!r} is no kind of entry; expected noun.participle")
        text = json.dumps(dict(body), sort_keys=True, separators=(",", ":"), allow_nan=False)
        if "@" in text:
            raise ValueError(f"{kind}: the ledger takes no addresses, and there is an @ in the body")
        tree = self._end(work.connection)
        seq, at = tree.size + 1, text_of(work.at)
        leaf = leaf_hash(_data(seq, at, kind, text))
        subtree = tree.append(leaf)
        root = tree.root()
        row = (seq, at, kind, text, leaf.hex(), subtree.hex(), root.hex(), notary.sign(seq, root))
        work.insert_many(entries, _COLUMNS, [row])
        work.insert_many(about, ("word", "seq"), [(word, seq) for word in words_of(kind, body)])
        return seq

    def check_end(self, connection: Connection) -> None:
        """Raise LedgerError unless the last entry bears this secret's signature."""
        self._end(connection)

    def checkpoint(self, engine: Engine) -> str:
        """The ledger's size and root now, as a signed note to keep outside. Raises LedgerError like append."""
        with reading(engine) as connection:
            tree = self._end(connection)
        return self._notary.note(tree.size, tree.root())

    def attest(self, text: str) -> str:
        """A text signed with the ledger's key, to be handed out. Raises ValueError as the notary does."""
        return self._notary.attest(text)

    def read_attested(self, note: str) -> str:
        """The text of such a note. Raises ValueError for one that we did not sign as it stands."""
        return self._notary.read_attested(note)

    def public_keys(self) -> list[str]:
        """The keys by which anybody checks our signatures (notes.VerifierKey's text), the newest first."""
        return [notary.public_key for notary in reversed(self._notaries)]

    def note_of_end(self, work: UnitOfWork) -> str:
        """The checkpoint as of this transaction, what it has added itself included."""
        tree = self._end(work.connection)
        return self._notary.note(tree.size, tree.root())

    def hand_out(self, work: UnitOfWork, by: str) -> str:
        """A checkpoint to be kept outside, with an entry that says so: somebody looks after its age."""
        self.append(work, KEPT, {"by": by})
        return self.note_of_end(work)

    def read_checkpoint(self, note: str) -> tuple[int, bytes]:
        """Size and root of a checkpoint of ours, of whichever secret's time. Raises CallerError."""
        return self._read(note)

    def verify(
        self, engine: Engine, since: str | None = None, *, progress: Callable[[int], None] | None = None
    ) -> Verification:
        """Check every byte of every entry, in the memory of a few; ``since`` is a checkpoint that was kept outside.

        Entries cut off the end, or an older copy of the database, show only against such a checkpoint. Raises
        CallerError if ``since`` is not a checkpoint of this ledger. ``progress`` is told now and then how many fit.
        """
        size, held_root = self._read(since) if since is not None else (0, EMPTY)
        tree, root, place = Frontier(), EMPTY, 0
        try:
            with _stored(engine) as rows:
                for row in rows:
                    expected = tree.size + 1
                    place += row[2] == ROTATED
                    why = self._misfit(row, tree, place)
                    if why is None and expected == size and tree.root() != held_root:
                        why = "the entries up to this one are not those of the checkpoint"
                    if why is not None:
                        return Verification(False, expected - 1, root.hex(), min(row[0], expected), why)
                    root = tree.root()
                    if progress is not None and tree.size % _OFTEN == 0:
                        progress(tree.size)
        except DatabaseError as error:
            if type(error) is not DatabaseError:  # its kinds are about the connection or our query
                raise
            # Bytes of SQLite's file were changed behind SQL. Its cursor looks one row ahead.
            why = f"the database itself is damaged here or at the next entry: {error.orig}"
            return Verification(False, tree.size, root.hex(), tree.size + 1, why)
        if tree.size and place + 1 < len(self._notaries):
            why = "there should be an entry that says that the secret was changed"
            return Verification(False, tree.size, root.hex(), tree.size + 1, why)
        if tree.size < size:
            why = f"entries {tree.size + 1} to {size}, which the checkpoint saw, are missing"
            return Verification(False, tree.size, root.hex(), tree.size + 1, why)
        return Verification(True, tree.size, root.hex())

    def prove(self, engine: Engine, seq: int, size: int | None = None) -> Proof:
        """That entry ``seq`` is in the ledger of ``size`` entries, all by default. Read from a few of them.

        Raises LookupError for an entry there never was, LedgerError where what is stored does not lead to the root.
        """
        with reading(engine) as connection:
            size = size or ask_one(connection, f"SELECT max(seq) FROM {entries.name}") or 0  # noqa: S608 - our own name
            if not 0 < seq <= size:
                raise LookupError(f"the ledger has no entry {seq}")
            wanted = {seq, size, *entries_of_path(seq - 1, size)}
            query = select(entries.c.seq, entries.c.leaf_hash, entries.c.subtree, entries.c.root)
            rows = {row.seq: row for row in connection.execute(query.where(entries.c.seq.in_(wanted)))}
        try:
            stored = {n: (bytes.fromhex(row.leaf_hash), bytes.fromhex(row.subtree)) for n, row in rows.items()}
            path = path_of(seq - 1, size, stored)
            leads_there = root_of_path(stored[seq][0], seq - 1, size, path).hex() == rows[size].root
        except (KeyError, ValueError):
            leads_there = False
        if not leads_there:
            raise LedgerError(f"entry {seq} cannot be proven: what is stored does not lead to the root of entry {size}")
        return Proof(seq, size, stored[seq][0], tuple(path))

    def _read(self, since: str) -> tuple[int, bytes]:
        why = ""
        for notary in self._notaries:  # the present one's complaint is told
            try:
                return notary.read(since)
            except ValueError as error:
                why = str(error)
        message = phrase("This cannot be used as a checkpoint of this ledger: %(why)s", why=why)
        raise CallerError([Problem("bad_checkpoint", message, field="since")])

    def _end(self, connection: Connection) -> Frontier:
        """The tree as it stands, if the last entry's signature vouches for it."""
        size = ask_one(connection, f"SELECT max(seq) FROM {entries.name}")  # noqa: S608 - our own name
        if size is None:
            return Frontier()
        numbers = list(edges(size))  # the last of them is the last entry
        sqlite = connection.dialect.name == "sqlite"
        rows = ask(connection, _SQLITE, (json.dumps(numbers),)) if sqlite else ask(connection, _POSTGRESQL, (numbers,))
        try:
            tree = Frontier(size, [bytes.fromhex(row[0]) for row in rows])
        except ValueError:
            tree = Frontier(size)
        root = tree.root()
        if not rows or (root.hex(), self._notary.sign(size, root)) != tuple(rows[-1][1:]):
            raise LedgerError(
                f"the ledger's last entry, {size}, does not fit its signature: it was changed, or signed under "
                "another secret key. `gateway ledger verify` says where it starts"
            )
        return tree

    def _misfit(self, row: Sequence[Any], tree: Frontier, place: int) -> str | None:
        """Why a row cannot be the tree's next entry, or None; the tree grows by it. ``place``: whose time it is of."""
        seq, at, kind, body, leaf_text, subtree_text, root_text, signature = row
        expected = tree.size + 1
        if seq != expected:
            return "it is missing" if seq > expected else "no entry may have this number"
        if not all(isinstance(value, str) for value in row[1:]):
            return "a column is not text any more"
        leaf = leaf_hash(_data(seq, at, kind, body))
        if leaf.hex() != leaf_text:
            return "its contents are not those that were hashed"
        if tree.append(leaf).hex() != subtree_text or tree.root().hex() != root_text:
            return "its place in the tree was changed"
        if place >= len(self._notaries) or self._notaries[place].sign(seq, tree.root()) != signature:
            return "it does not bear this gateway's signature"
        return None


def data_of(seq: int, at: str, kind: str, body: str) -> str:
    """What is hashed: the canonical JSON of at, body, kind and seq. ``body`` goes in as it stands, byte for byte."""
    return f'{{"at":{json.dumps(at)},"body":{body},"kind":{json.dumps(kind)},"seq":{seq}}}'


def _data(seq: int, at: str, kind: str, body: str) -> bytes:
    return data_of(seq, at, kind, body).encode("utf-8", "surrogateescape")


@contextmanager
def _stored(engine: Engine) -> Iterator[Iterable[Sequence[Any]]]:
    """All entries as they are stored, even if text is no UTF-8 any more: a damaged entry is to be named."""
    query = f"SELECT {', '.join(_COLUMNS)} FROM {entries.name} ORDER BY seq"  # noqa: S608 - our own names
    with (
        reading(engine) as connection,
        _leniently(connection),
        connection.exec_driver_sql(query, execution_options={"stream_results": True}) as rows,
    ):
        yield rows


@contextmanager
def _leniently(connection: Connection) -> Iterator[None]:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":  # PostgreSQL keeps no text that is not UTF-8
        yield
        return
    driver.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = str
