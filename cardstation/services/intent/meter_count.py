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
from cardstation.store.topups import LogRow

MAY_SHOW = "may_show_load"
"""Reason of a reading that could tell nothing, and from which a meter may take the load."""
_TAKEN_ONCE = frozenset({CounterSchool.EXACT, CounterSchool.GREATER})
"""Where a counter that the meter has passed is never taken again."""


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

    A meter that has not taken it takes it as soon as the card comes (MONEY-SAFETY R5): the card was
    read last with something else on it, or is out of the world, or its counter is used up. Of a
    load that was never written, and whose card is only gone, nothing is asked.

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
        log = reading.topups.log(intent.topup_id)
        whole = not lost_since(reading, intent.opened_at)
    if whole and _never_touched(log):
        return ""
    meter_no, counter = intent.identity.meter_no, _counter_of(intent)
    school = station.rules_of(intent.identity.maker).school
    counts, taken = school is not CounterSchool.NONE, shown.purchases or 0
    if counts and (shown.purchases is None or shown.purchases < 0):
        raise Refusal("meter_count_missing", meter_no=meter_no)
    if counts and taken >= counter and not shown.another:
        raise Refusal("meter_counts_it", shown=taken, load=counter, fen=intent.money.fen)
    used_up = whole and school in _TAKEN_ONCE and taken >= counter
    if not (shown.card_here or used_up or _read_without(log)):
        raise Refusal("card_may_load", card_no=intent.identity.card_no)
    here = "card here; " if shown.card_here else ""
    whose = ", another's load" if taken >= counter else ""
    return f"{here}meter {meter_no} counts {taken}{whose}; " if counts else here


def stood_unknown(reading: Reading, intent: TopUp) -> bool:
    """Whether a disputed intent may still be ended by its card: it was armed, records are whole."""
    log = reading.topups.log(intent.topup_id)
    stood = log[_disputed_at(log) - 1].state
    return stood is TopUpState.OUTCOME_UNKNOWN and not lost_since(reading, intent.opened_at)


def _never_touched(log: tuple[LogRow, ...]) -> bool:
    """Paid and never written, or found unwritten; then people said that its card is gone."""
    at = _disputed_at(log)
    stood, gone = log[at - 1], log[at].reason.startswith(PEOPLE)
    unwritten = stood.state in (TopUpState.PAID, TopUpState.NOT_LOADED)
    return gone and unwritten and stood.event is not TopUpEvent.SEEN_AHEAD


def _read_without(log: tuple[LogRow, ...]) -> bool:
    """The card was read, could not tell what happened, and showed another load than this one."""
    last = [one for one in log if one.event is not TopUpEvent.SEEN_FOREIGN][-1]
    return last.event is TopUpEvent.SEEN_AHEAD and last.reason != MAY_SHOW


def _disputed_at(log: tuple[LogRow, ...]) -> int:
    return max(at for at, one in enumerate(log) if one.event is TopUpEvent.SEEN_FOREIGN)


def _counter_of(intent: TopUp) -> int:
    """The counter that the load has on the card, or would have had."""
    if intent.direction is Direction.RETURN:
        return intent.counter_before
    return max(intent.counter_before + 1, intent.counter_after)
