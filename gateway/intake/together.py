"""Signups that come while others are written are carried together: one batch, one transaction, one link.

The first to come carries itself. Who comes meanwhile waits; then one of them carries all that wait, as one batch for
each form (gateway/db/leading.py). The outcomes are those of one signup after the other (design.md, law 3).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from gateway.db.leading import Entry, Leading
from gateway.db.work import UnitOfWork
from gateway.domain.lead import Batch
from gateway.domain.outcome import Settled
from gateway.intake.running.blame import is_the_worlds
from gateway.pipeline import Services, process

MOST = 64  # in one transaction: how long the last of a flood's signups waits for the first


@dataclass(frozen=True, slots=True)
class Signup:
    """One signup on its way, with what is to be written beside its outcome."""

    batch: Batch
    within: Callable[[UnitOfWork], None]


class Together:
    """Carries the signups of strangers in one process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._queue: Leading[Signup] = Leading(self._carry_all, most=MOST)

    def carry(self, batch: Batch, within: Callable[[UnitOfWork], None]) -> None:
        """Carry a batch of one to its outcome, judged from memory; committed when this returns.

        Raises what process raises for it, never for another's sake. ``within`` may be called again if the first
        transaction, shared with others, was given up.
        """
        self._queue.carry(Signup(batch, within))

    def _carry_all(self, entries: Sequence[Entry[Signup]]) -> None:
        for group in _by_origin(entries):
            self._carry(group)

    def _carry(self, group: Sequence[Entry[Signup]]) -> None:
        def within(work: UnitOfWork, _: Settled) -> None:
            for entry in group:
                entry.item.within(work)

        try:
            process(joined([entry.item.batch for entry in group]), self._services, dns_seconds=0, within=within)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised to those whom it concerns
            # The world's fault is everybody's: each for itself would wait as long again, for a locked database a
            # minute each; and where the connection broke during the commit, who is written would be written twice.
            if len(group) == 1 or is_the_worlds(error):
                for entry in group:
                    entry.error = error
            else:  # one of them may be to blame: each for itself
                for entry in group:
                    self._carry([entry])
        else:
            for entry in group:
                entry.is_carried = True


def joined(batches: Sequence[Batch]) -> Batch:
    """Batches of one origin as one batch, in their order."""
    if len(batches) == 1:
        return batches[0]
    names = dict.fromkeys(name for batch in batches for name in batch.columns)
    return Batch(
        origin=batches[0].origin,
        numbers=[number for batch in batches for number in batch.numbers],
        columns={name: [cell for batch in batches for cell in batch.column(name)] for name in names},
        as_arrived=[text for batch in batches for text in batch.as_arrived],
        arrived_at=max(batch.arrived_at for batch in batches),
    )


def _by_origin(entries: Iterable[Entry[Signup]]) -> Iterable[list[Entry[Signup]]]:
    groups: list[list[Entry[Signup]]] = []
    for entry in entries:
        for group in groups:
            if group[0].item.batch.origin == entry.item.batch.origin:
                group.append(entry)
                break
        else:
            groups.append([entry])
    return groups
