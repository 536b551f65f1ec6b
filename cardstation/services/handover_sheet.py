"""Puts together the sheet that goes back with the bag, sorted building, unit, room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from cardstation.domain.batch import LineOutcome, LineState
from cardstation.domain.card_rows import card_places
from cardstation.domain.household import Household
from cardstation.domain.receipt import HandoverRow, HandoverSheet
from cardstation.domain.volume import NO_GAS
from cardstation.services.custody_state import custody_state
from cardstation.services.intent.facts import clerk_of
from cardstation.services.station import Station


def handover_sheet(station: Station, batch_id: str) -> HandoverSheet:
    """The sheet as the batch stands now; changes nothing.

    Raises:
        Refusal: `unknown_batch`.
    """
    bag = custody_state(station, batch_id)
    state = bag.batch
    with station.store.reading() as reading:
        found = reading.households.numbered(
            (outcome.line.account_no for outcome in state.outcomes if outcome.line.account_no), ()
        )
        clerk = clerk_of(station, reading)
    homes = {household.account_no: household for household in found}
    stands = card_places(state.outcomes)
    places = [
        place
        for place, one in enumerate(state.outcomes, start=1)
        if one.state is not LineState.WITHDRAWN
    ]
    places.sort(key=lambda place: _place(state.outcomes[place - 1], homes))
    number = {place: index for index, place in enumerate(places, start=1)}
    twins = {place: number[stands[place]] for place in places if stands[place] != place}
    done = [one for one in state.outcomes if one.state is LineState.DONE]
    cards = {
        stands[place]
        for place, one in enumerate(state.outcomes, start=1)
        if one.state is LineState.DONE and place in stands
    }
    return HandoverSheet(
        company=station.company,
        station=station.name,
        clerk=clerk,
        batch_id=batch_id,
        list_name=state.batch.name,
        community=_community(homes),
        made_at=station.clock.now(),
        rows=tuple(_row(state.outcomes[at - 1], twin_of=twins.get(at, 0)) for at in places),
        expected=bag.custody.cards,
        done=len(cards),
        received=state.money.received,
        given_back=state.money.given_back,
        arrears=state.money.arrears,
        loaded=state.money.loaded - state.money.kept,
        to_balance=state.money.to_balance - state.money.kept,
        remainder=state.money.remainder,
        volume=sum((outcome.volume or NO_GAS for outcome in done), NO_GAS),
        training=station.training,
        orders=state.money.orders,
        waiting=state.money.funded - (state.money.loaded - state.money.orders),
        seals=bag.seals,
        kept=state.money.kept,
        counts=tuple((where.value, count) for where, count in bag.custody.tally.items() if count),
    )


def _place(outcome: LineOutcome, homes: Mapping[str, Household]) -> tuple[object, ...]:
    """Households by door; rows nobody could match come last, in list order."""
    home = homes.get(outcome.line.account_no)
    if home is None:
        return (1, outcome.line.row.row)
    return (0, home.address.sort_key, outcome.line.row.row)


def _community(homes: Mapping[str, Household]) -> str:
    names = Counter(home.address.community for home in homes.values())
    return names.most_common(1)[0][0] if names else ""


def _row(outcome: LineOutcome, *, twin_of: int) -> HandoverRow:
    """One row; the second one of a household is no card that went home without a load."""
    line = outcome.line
    return HandoverRow(
        door=line.door,
        name=line.name,
        card_no=line.card_no,
        state=outcome.state.value,
        reason="listed_twice" if twin_of else outcome.reason,
        volume=outcome.volume,
        amount=line.money,
        receipt_no=outcome.receipt_no,
        twin_of=twin_of,
    )
