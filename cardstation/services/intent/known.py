"""Finds the household a card belongs to: maker area, card, account and meter, never one alone."""

from __future__ import annotations

from cardstation.domain.admission import ensure_known
from cardstation.domain.household import Household
from cardstation.errors import Refusal
from cardstation.services.identify import Inserted
from cardstation.services.station import Station


def household_of(station: Station, card: Inserted) -> Household:
    """The household of the account the card names; whether all numbers agree is asked next.

    Raises:
        Refusal: `unknown_household`.
    """
    account_no = card.content.identity.account_no
    with station.store.reading() as reading:
        household = reading.households.get(account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=account_no)
    return household


def customer_of(station: Station, card: Inserted) -> Household:
    """The household that may be sold to with this card: it is the live one, and nobody reported it.

    Raises:
        Refusal: `unknown_household`, `card_blacklisted`, those of `ensure_known`.
    """
    household = household_of(station, card)
    ensure_known(card.content, household)
    with station.store.reading() as reading:
        if reading.blocked.has(household.card_no):
            raise Refusal("card_blacklisted", card_no=household.card_no)
    return household
