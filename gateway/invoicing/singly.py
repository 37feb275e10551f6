"""What is owed for leads that were sold one by one, each at the price it was offered at. Pure."""

from collections.abc import Mapping, Sequence

from gateway.intake.buying.booked import Agreed
from gateway.invoicing.account import OWED_BACK, Account


def price(account: Account, sold: Sequence[Mapping[int, Agreed]], fates: Mapping[int, str]) -> None:
    """Sum up the prices of the rows that are owed, where they were sold at several.

    Where fewer are billed than were sold and nobody says which, they are the dearest: the credit is the least. Lists
    that came as files have one price, if any; beside such a list the account stays as it is.
    """
    if account.price_minor is not None or not all(sold):
        return
    agreed = {lead: one for each in sold for lead, one in each.items()}
    if {one.currency for one in agreed.values() if one.is_bought} != {account.currency}:
        return
    owed = sorted(agreed[lead].price for lead, fate in fates.items() if lead in agreed and fate not in OWED_BACK)
    account.owed_minor = sum(owed[max(0, len(owed) - (account.billed - account.owed_back)) :])
