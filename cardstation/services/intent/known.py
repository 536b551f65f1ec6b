"""Finds the household a card belongs to: maker area, card, account and meter, never one alone."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.admission import ensure_known
from cardstation.domain.card import CardContent, CardType
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.errors import Refusal
from cardstation.services.identify import Inserted
from cardstation.services.intent.made_good import ensure_not_made_good
from cardstation.services.intent.meter_changes import is_ready_for_its_meter, replaced_meters
from cardstation.services.intent.opened import code_of
from cardstation.services.station import Station
from cardstation.store import Reading


def household_of(station: Station, card: Inserted) -> Household:
    """The household of the account the card names; whether all numbers agree is asked next.

    Raises:
        Refusal: `unknown_household`.
    """
    with station.store.reading() as reading:
        return _household(reading, card)


def _household(reading: Reading, card: Inserted) -> Household:
    account_no = card.content.identity.account_no
    household = reading.households.get(account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=account_no)
    return household


def customer_of(station: Station, card: Inserted) -> Household:
    """The household that may be sold to with this card: it is the live one, and nobody reported it.

    Raises:
        Refusal: `unknown_household`, `account_stopped`, `account_closed`, `card_blacklisted`,
            `load_made_good` (what lies on it was given once more, since the card was lost), those
            of `ensure_its_card` and `ensure_no_work`.
    """
    with station.store.reading() as reading:
        return customer_in(reading, card)


def customer_in(reading: Reading, card: Inserted) -> Household:
    """As `customer_of`, in a look that goes on to ask for more."""
    household = _household(reading, card)
    ensure_no_work(reading, household.account_no)
    ensure_its_card(reading, card.content, household)
    ensure_active(household)
    if reading.blocked.has(household.card_no, card.content.identity.generation):
        raise Refusal("card_blacklisted", card_no=household.card_no)
    if card.content.pending is not None:
        last = reading.topups.last_sealed(card.content.identity)
        if last is not None:
            ensure_not_made_good(reading, last)
    return household


def ensure_active(household: Household) -> None:
    """Nothing is loaded for an account that was stopped or closed, whoever paid for it and when.

    Raises:
        Refusal: `account_stopped`, `account_closed`.
    """
    if household.status is not HouseholdStatus.ACTIVE:
        raise Refusal(f"account_{household.status.value}", account_no=household.account_no)


def ensure_no_work(reading: Reading, account_no: str) -> None:
    """No card of this account is being written as a whole: that is finished first.

    Raises:
        Refusal: `card_work_open`, `card_change_open`.
    """
    work = reading.topups.work_on(account_no)
    if work is not None:
        raise Refusal(code_of(work.state, work.direction, work.reference), account_no=account_no)


def ensure_its_card(reading: Reading, content: CardContent, household: Household) -> None:
    """As `ensure_known`; a card that was written here for a new meter takes the first load, too.

    It opens that meter; for the next load it is bound as any new card.

    Raises:
        Refusal: `card_of_old_meter`: it is the household's, of a meter that was changed here since;
            those of `ensure_known`.
    """
    who, filed = content.identity, household.meter.meter_no
    own = (who.account_no, who.card_no, who.generation)
    is_own = own == (household.account_no, household.card_no, household.generation)
    if is_own and who.meter_no != filed and who.meter_no in replaced_meters(reading, household):
        raise Refusal("card_of_old_meter", card_no=who.card_no, meter_no=who.meter_no, filed=filed)
    if is_ready_for_its_meter(reading, content):
        content = replace(content, identity=replace(content.identity, card_type=CardType.USER))
    ensure_known(content, household)
