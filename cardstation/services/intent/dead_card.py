"""Which cards nobody may use any more, and what must be ended before one is made a blank again.

Dead is a card of a closed account, one that another took the place of (its reissue count is below
the one on file), one of a meter that was replaced, and a new one that two persons gave up and that
came back after all.
"""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.admission import differs_from_file
from cardstation.domain.batch_life import Stage
from cardstation.domain.card import CardContent, CardIdentity
from cardstation.domain.custody import made_good_places
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.topup import mark_of
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.errors import Refusal
from cardstation.services.custody_state import custody_in
from cardstation.services.identify import Plastic
from cardstation.services.intent.adopt import has_a_ledger, told_of
from cardstation.services.intent.meter_changes import NOT_ENDED, replaced_meters
from cardstation.services.station import Station
from cardstation.store import Reading


def ensure_clearable(
    station: Station, card: Plastic, household: Household, content: CardContent, but: str = ""
) -> None:
    """The card is dead and empty, nothing waits for it, and no bag is out with it or misses it.

    Args:
        station: The desk.
        card: In the lane.
        household: Whose card it says it is.
        content: What it shows.
        but: Id of the clearing that was begun on it.

    Raises:
        Refusal: `card_differs_from_file`, `card_still_live`, `clear_not_readable`,
            `clear_gas_on_card`, `clear_intent_open`, `clear_card_of_bag`, `clear_needs_ledger`,
            `clear_open_elsewhere`.
    """
    _ensure_filed(household, content.identity)
    _ensure_empty(card, content)
    _ensure_nothing_open(station, content.identity, but)
    told = _told(station, content.identity)
    mark = content.credit.mark if content.credit else b""
    closed = household.status is HouseholdStatus.CLOSED
    replaced = content.identity.generation < household.generation
    with station.store.reading() as reading:
        off_the_wall = content.identity.meter_no in replaced_meters(reading, household)
    if not (closed or replaced or off_the_wall or mark in _given_up(station, household, told)):
        raise Refusal("card_still_live", card_no=household.card_no, account_no=household.account_no)


def _ensure_filed(household: Household, identity: CardIdentity) -> None:
    """It is a card that this household had, and none that the file has not heard of."""
    theirs = identity.card_no == household.card_no
    if not theirs or identity.generation > household.generation:
        raise differs_from_file(identity, household)


def _ensure_empty(card: Plastic, content: CardContent) -> None:
    card_no = content.identity.card_no
    if content.credit is None or content.returned is None or card.layout.is_torn(card.image):
        raise Refusal("clear_not_readable", card_no=card_no)
    if content.pending is not None:
        raise Refusal("clear_gas_on_card", card_no=card_no)


def _ensure_nothing_open(station: Station, identity: CardIdentity, but: str) -> None:
    with station.store.reading() as reading:
        waits = [one.identity for one in reading.topups.open_intents() if one.topup_id != but]
        bags = reading.batches.of_card(identity.card_no)
        out = [one for one in bags if _needs(reading, one, identity.card_no)]
    if any((one.maker, one.card_no) == (identity.maker, identity.card_no) for one in waits):
        raise Refusal("clear_intent_open", card_no=identity.card_no)
    if out:
        raise Refusal("clear_card_of_bag", card_no=identity.card_no, batch_id=out[0])


def _needs(reading: Reading, batch_id: str, card_no: str) -> bool:
    """The bag is out; or it went back without this card, whose load is owed or was made good."""
    stage = reading.steps.stage(batch_id)
    if stage is not Stage.RETURNED:
        return stage is not Stage.CLOSED
    found = custody_in(reading, batch_id)
    good = made_good_places(one.moved for one in found.timeline)
    asked = {*found.custody.lost_loads, *good}
    return any(found.batch.outcomes[place - 1].line.card_no == card_no for place in asked)


def _told(station: Station, identity: CardIdentity) -> Sequence[Entry]:
    """What the ledger tells of this card; what other desks began on it they have ended.

    What this desk began it knows better itself.
    """
    told = told_of(station, identity.card_no)
    if told is None and has_a_ledger(station):
        raise Refusal("clear_needs_ledger", card_no=identity.card_no)
    of_card = [one for one in told or () if one.maker == identity.maker]
    last = {one.subject: one for one in of_card}
    with station.store.reading() as reading:
        for one in last.values():
            theirs = reading.topups.get(one.subject) is None
            if theirs and one.kind in NOT_ENDED:
                raise Refusal("clear_open_elsewhere", card_no=identity.card_no, station=one.station)
    return of_card


def _given_up(station: Station, household: Household, told: Sequence[Entry]) -> set[bytes]:
    """Marks of the new cards of this household that two persons gave up, at whichever desk."""
    with station.store.reading() as reading:
        ours = reading.topups.of_account(household.account_no)
    ids = {
        one.topup_id
        for one in ours
        if one.direction is Direction.WORK and one.state is TopUpState.VOIDED
    }
    ids |= {
        one.subject
        for one in told
        if one.kind is EntryKind.CARD_GIVEN_UP and one.account_no == household.account_no
    }
    return {mark_of(one) for one in ids}
