"""Leads that wait for an officer, and people who set rules aside for them; for tests of overrides."""

from builders import list_batch, signup_batch

from gateway.access.people import add_person
from gateway.overriding import ask
from gateway.pipeline import process

GATEWAY = "5551234567@vtext.com"
"""A mailbox whose domain forwards to telephones: CS-18, which takes two people."""


def officers(services, *names: str) -> list[str]:
    """People who may ask, by the names that the ledger has for them."""
    with services.unit_of_work() as work:
        return [f"person_{add_person(work, name, f'{name}@example.com', 'officer')}" for name in names or ("ann", "bo")]


def waiting_lead(services, address: str = "postmaster@example.org", **fields) -> int:
    """A signup that an officer must look at: H-16, which one may set aside."""
    settled = process(signup_batch(address, services.clock.now(), **fields), services)
    assert settled.outcomes == ["hold"]
    return settled.lead_ids[0]


def waiting_list(services, count: int, **options) -> list[int]:
    """Rows of a list that look mistyped: H-05 and H-06."""
    rows = [{"email": f"p{n}@gmial.com"} for n in range(count)]
    settled = process(list_batch(rows, services.clock.now(), **options), services)
    assert settled.outcomes == ["hold"] * count
    return settled.lead_ids


def ask_for(services, leads, rules, by, **options):
    """Set rules aside for leads."""
    wanted = {"reason": "We know them from the fair", **options}
    return ask(services, rules=rules, lead_ids=leads, by=by, **wanted)
