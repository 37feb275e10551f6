"""What the mail is for, as the source states it: products, advertisers, and what children's registries were asked.

The people of a list are bought for a campaign, those of a form sign up for one; who brings them says which.
"""

from gateway.domain.lead import Batch, Statement
from gateway.screening.answers import Answers
from gateway.screening.provenance import end_of

BOTH_STATES = frozenset({"adult", "alcohol", "tobacco", "drugs", "gambling"})
"""What minors may not buy in Utah and in Michigan (Utah Code 13-39, MCL 752.1061)."""
MICHIGAN_ONLY = frozenset({"lotteries", "firearms"})


def establish(batch: Batch) -> Answers:
    """The ``campaign.*`` facts, the same for all leads of a source; unknown where nobody says."""
    said = batch.origin.statement
    return {
        "campaign.is_adult": None if said.products is None else "adult" in said.products,
        "campaign.restricted": _restricted(said.products),
        "campaign.sender": _sender(said),
        "campaign.utah_scrubbed_at": end_of(said.utah_scrubbed_on),
        "campaign.michigan_scrubbed_at": end_of(said.michigan_scrubbed_on),
    }


def _restricted(products: frozenset[str] | None) -> str | None:
    if products is None:
        return None
    return "utah_and_michigan" if products & BOTH_STATES else "michigan_only" if products & MICHIGAN_ONLY else "none"


def _sender(said: Statement) -> str | None:
    """Of several advertisers each is a sender, unless one of them is the sender of all (16 CFR 316.2(m))."""
    if not said.advertisers:
        return None
    if len(set(said.advertisers)) == 1:
        return "one_advertiser"
    return "designated" if said.designated_sender in said.advertisers else "not_designated"
