"""Orders not to write, as they stand against the leads of one batch. Asked twice: in screening and in the last look."""

from collections.abc import Iterator, Mapping, Sequence

from gateway.domain.lead import Batch
from gateway.domain.ports import Person, Suppression


def people_of(batch: Batch, keys: Sequence[bytes | None], normalised: Sequence[str | None]) -> Iterator[Person]:
    """Who is in a batch, as orders of which only a hash was told are looked for. ``normalised`` may be empty."""
    typed = batch.column("email")
    for key, raw, address in zip(keys, typed, normalised or [None] * len(keys), strict=True):
        if key is not None:
            yield key, raw if isinstance(raw, str) else None, address


def merged(
    orders: dict[bytes, list[Suppression]], more: Mapping[bytes, list[Suppression]]
) -> dict[bytes, list[Suppression]]:
    """The orders on each person from both."""
    return {key: [*orders.get(key, ()), *more.get(key, ())] for key in {**orders, **more}} if more else orders


def covers(order: Suppression, batch: Batch) -> bool:
    """Whether an order stands against the leads of this batch; one of a brand or source may not."""
    return order.covers(batch.origin.name, batch.origin.statement.brand)


def against(orders: Mapping[bytes, list[Suppression]], batch: Batch) -> dict[bytes, list[Suppression]]:
    """Those of the orders that stand against the leads of this batch; who has none of them is absent."""
    return {
        key: standing for key, some in orders.items() if (standing := [order for order in some if covers(order, batch)])
    }
