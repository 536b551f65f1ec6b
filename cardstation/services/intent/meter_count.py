"""What proves that a disputed load was not given: where its card is, and what its meter counts."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.ledger import PEOPLE
from cardstation.domain.meter import CounterSchool
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpEvent, TopUpState
from cardstation.errors import Refusal
from cardstation.services.intent.lost_part import lost_since
from cardstation.services.station import Station
from cardstation.store import Reading


@dataclass(frozen=True, slots=True)
class MeterCount:
    """What two persons read off a meter, and where the card is.

    Attributes:
        purchases: How many loads the meter has taken, by its display; None = not read.
        another: The meter counts a load of somebody else in this one's place (a loading machine,
            a bank, another desk); whose, the words beside it say.
        card_here: The card lies before them and stays here, or is destroyed: no meter will take
            from it what has not been taken.
    """

    purchases: int | None = None
    another: bool = False
    card_here: bool = False


NOT_READ = MeterCount()


def untaken_by(station: Station, intent: TopUp, shown: MeterCount) -> str:
    """How meter and card prove that a load was not given and will not be, in words for the entry.

    A meter that has not taken it takes it as soon as the card comes: below the load's counter it
    proves something only where the card was read without the load on it, or is out of the world
    (MONEY-SAFETY R5). What was begun at another desk is that desk's to prove; nothing is paid here.

    Args:
        station: The desk.
        intent: A load, or a return of one, in dispute.
        shown: What two persons say.

    Raises:
        Refusal: `meter_count_missing`; `meter_counts_it`: it has taken as many loads as this one
            makes, and nobody says that one of them was another's; `card_may_load`: the card is not
            here, and the meter would still take it.
    """
    with station.store.reading() as reading:
        lost, untouched = _card_lost(reading, intent), _never_touched(reading, intent)
    if intent.origin or untouched:
        return ""
    meter_no, counter = intent.identity.meter_no, _counter_of(intent)
    counts = station.rules_of(intent.identity.maker).school is not CounterSchool.NONE
    if counts and (shown.purchases is None or shown.purchases < 0):
        raise Refusal("meter_count_missing", meter_no=meter_no)
    taken = shown.purchases or 0
    if counts and taken >= counter and not shown.another:
        raise Refusal("meter_counts_it", shown=taken, load=counter, fen=intent.money.fen)
    if lost and not shown.card_here and not (counts and taken >= counter):
        raise Refusal("card_may_load", card_no=intent.identity.card_no)
    here = "card here; " if shown.card_here else ""
    whose = ", another's load" if taken >= counter else ""
    return f"{here}meter {meter_no} counts {taken}{whose}; " if counts else here


def _card_lost(reading: Reading, intent: TopUp) -> bool:
    """It was put into dispute because nobody could read its card, not because of what it shows."""
    return _begun(reading, intent)[1].startswith(PEOPLE)


def _never_touched(reading: Reading, intent: TopUp) -> bool:
    """Nothing was ever written for it here, by whole records: its card is only gone."""
    stood, _ = _begun(reading, intent)
    paid_only = stood in (TopUpState.PAID, TopUpState.NOT_LOADED)
    lost = _card_lost(reading, intent)
    return paid_only and lost and not lost_since(reading, intent.opened_at)


def _begun(reading: Reading, intent: TopUp) -> tuple[TopUpState, str]:
    """Where it stood when its dispute began, and why it did."""
    log = reading.topups.log(intent.topup_id)
    at = max(no for no, one in enumerate(log) if one.event is TopUpEvent.SEEN_FOREIGN)
    return log[at - 1].state, log[at].reason


def _counter_of(intent: TopUp) -> int:
    """The counter that the load has on the card, or would have had."""
    if intent.direction is Direction.RETURN:
        return intent.counter_before
    return max(intent.counter_before + 1, intent.counter_after)


def stood_unknown(reading: Reading, intent: TopUp) -> bool:
    """Whether a disputed intent may still be ended by its card: it was armed, records are whole."""
    stood, _ = _begun(reading, intent)
    return stood is TopUpState.OUTCOME_UNKNOWN and not lost_since(reading, intent.opened_at)
