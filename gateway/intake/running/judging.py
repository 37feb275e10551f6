"""Where a run's judged batches come from: blocks read and judged here or by a child ahead of us, handed out in parts.

A block is large, because distinct domains and cases are looked up once a block. A part is what one transaction
writes: small while others wait for their turn to write, so that a signup beside an import answers in milliseconds.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from gateway.db.turns import is_awaited
from gateway.db.work import reading
from gateway.domain.lead import Batch
from gateway.intake.ahead import CAN_FORK, Ahead, Packed
from gateway.intake.columns import blocks_to_batch
from gateway.intake.readers import read_records
from gateway.intake.running.reader import Reader
from gateway.lifecycle.store import is_wide
from gateway.mailroutes.ahead import Ahead as RoutesAhead
from gateway.mailroutes.routes import Routes
from gateway.mailroutes.tally import rough_domains
from gateway.outcomes.carry import Judged, Packer, Unpacker, parted
from gateway.pipeline import Services, judge

BLOCK_ROWS = 50_000  # of 20, 50 and 100 thousand the quickest: distinct domains are looked up once a block
WIDE_BLOCK_ROWS = 100_000  # where each block writes nearly every page of a wide index; more would take 512 MiB
SHORT_PART_ROWS = 1_000
"""What others wait for; 500 rows took the list two thirds more time and them hardly less. While nobody waits, a part is
the whole block, in about a second: random keys touch nearly every page of their index in each transaction, however few
they are. With parts of 10,000, a million rows took 38 s instead of 33, and 72 instead of 47 beside 5,000,000 people."""
YIELD_SECONDS = 0.002
LONGEST_YIELD_SECONDS = 0.05
BUSY_SECONDS = 10.0  # so long after somebody waited, parts stay short; a block may take seconds to be judged
MANY_UNKNOWN = 1_000  # domains of a block that DNS has to be asked about; fewer take a second
AHEAD_BYTES = 12 << 20  # a smaller file, of a hundred thousand rows or fewer, is done before a child has begun


class Part(NamedTuple):
    """Rows that are written together."""

    judged: Judged
    records: int
    last: bool  # the file ends with them


@dataclass(slots=True)
class Judging:
    """The judged rows of one run, from wherever the database says it stands."""

    reader: Reader
    services: Services
    as_of: datetime
    ahead: Ahead | None = None
    has_begun: bool = False  # a child that failed is not begun again
    routes: RoutesAhead | None = None  # of this run, in the process that judges
    unpacker: Unpacker = field(default_factory=Unpacker)
    block: Part | None = None
    first: int = 0  # records of the file before the block
    handed_at: float = 0.0  # when the last part was handed out
    waited_at: float = float("-inf")

    def part(self, first: int, at_most: int) -> Part | None:
        """The rows behind ``first`` records of the file; None where there are none left."""
        if self.block is None or not self.first <= first < self.first + self.block.records:
            self.block = self._next(first)
            self.first = first
            if self.block is None:
                return None
        start = first - self.first
        end = min(start + at_most, self.block.records)
        if time.monotonic() - self.waited_at < BUSY_SECONDS:
            end = min(end, start + SHORT_PART_ROWS)
        last = self.block.last and end == self.block.records
        self.handed_at = time.monotonic()
        return Part(parted(self.block.judged, start, end), end - start, last)

    def give_way(self) -> None:
        """After a part is written: let all who wait have their turn, and others as much time as the part took.

        Four signups waited, and one had its turn before the next part: the others waited for two or three parts.
        """
        now = time.monotonic()
        until = now + min(now - self.handed_at, LONGEST_YIELD_SECONDS)
        while is_awaited(self.services.engine):
            self.waited_at = time.monotonic()
            if self.ahead is not None:
                self.ahead.step_back()
            if self.waited_at >= until:
                return
            time.sleep(YIELD_SECONDS)

    def close(self) -> None:
        """End the child, if there is one."""
        if self.ahead is not None:
            self.ahead.close()
            self.ahead = None
        if self.routes is not None:
            self.routes.close()
            self.routes = None

    def _next(self, first: int) -> Part | None:
        """The block that begins there: the child's, if that is what it has, else one of our own."""
        if not self.has_begun and CAN_FORK and self.reader.path.stat().st_size >= AHEAD_BYTES:
            self._begin(first)
        packed = self.ahead.next() if self.ahead is not None else None
        if packed is not None and packed.first == first:
            return Part(self.unpacker.unpack(packed.body, self.reader.origin, self.as_of), packed.records, packed.last)
        if self.ahead is not None:
            self.ahead.close()
            self.ahead = None
        return self._own(first)

    def _begin(self, first: int) -> None:
        # Made here, so that the child has them and need not read them again.
        _ = self.services.policies, self.services.timetable
        self.has_begun = True
        self.reader.forget()  # a file that both had open would have one place to read on at, for both
        self.ahead = Ahead(lambda: self._blocks(first), self.services.engine)

    def _blocks(self, first: int) -> Iterator[Packed]:
        """In the child: block after block, packed."""
        packer = Packer(self.services.timetable)
        last = False
        while not last and (block := self._own(first)) is not None:
            records, last = block.records, block.last
            body = packer.pack(block.judged)
            del block  # before the next is made: its memory serves again
            yield Packed(first, records, last, body)
            first += records

    def _own(self, first: int) -> Part | None:
        reader = self.reader
        with reading(self.services.engine) as connection:  # a long list makes the store wide itself
            rows = WIDE_BLOCK_ROWS if is_wide(connection) else BLOCK_ROWS
        blocks = reader.blocks(first, rows)
        batch = blocks_to_batch(blocks, reader.inspection, reader.statement, reader.origin, self.as_of)
        count, last = len(batch), reader.is_at_end
        if not count:
            return None
        judged = judge(batch, self.services, self.as_of, routes=self._routes(batch, first + count, last=last))
        if self.routes is not None:
            judged.screened.learned.extend(self.routes.fresh())
        return Part(judged, count, last)

    def _routes(self, batch: Batch, done: int, *, last: bool) -> RoutesAhead | None:
        """Who asks DNS for this run: the domains of the batches to come are asked about while this one is judged."""
        usual = self.services.world.routes
        if not isinstance(usual, Routes):
            return None
        if self.routes is None:
            routes = Routes(self.services.engine, self.services.settings)
            self.routes = RoutesAhead(routes, self.services.settings, self.as_of)
            if not last:
                self._tell(self.routes, routes, batch, done)
        return self.routes

    def _tell(self, ahead: RoutesAhead, routes: Routes, batch: Batch, done: int) -> None:
        """Count the domains of the whole file where the memory lacks many, so that the most frequent are asked first.

        Reading the file once more takes two seconds a million rows; a cold list waits for DNS much longer than that.
        """
        here = Counter(rough_domains(batch.column("email")))
        known, _ = routes.find_routes(here, self.as_of)
        if len(here) - len(known) < MANY_UNKNOWN:
            return
        ahead.feed(here.elements())
        to_come = read_records(self.reader.path, self.reader.inspection, skip=done)
        places = [place for use, place in self.reader.inspection.uses if use == "email"]
        while some := list(islice(to_come, BLOCK_ROWS)):
            cells = (record[1][place] for record in some for place in places if place < len(record[1]))
            ahead.feed(rough_domains(cells))
