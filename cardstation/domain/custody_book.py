"""Reckons where every card is from hand-overs, explanations and what the readers saw.

Each hand-over counts; the count may differ from the list, and nobody may know which card it is
that lacks. So a card is first where the hand-overs put it, then the counts say how many of those
are not there (`short`), and what a reader saw beats both. The totals explain every card: each
stands in exactly one place of the tally, and so does each card nobody had on the list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from cardstation.domain.batch import LineOutcome, LineState
from cardstation.domain.card_rows import card_places
from cardstation.domain.custody import (
    GONE,
    HELD,
    KEPT,
    NEED_TWO,
    TAIL,
    Custody,
    Explanation,
    HandOver,
    Moved,
    Party,
    Where,
    Why,
    made_good_places,
)
from cardstation.domain.trays import Tray, tray_for

_OURS = HELD | KEPT
"""In our hands, whether they have to go back or not."""

_TRAYS = {Tray.A: Where.DONE, Tray.B: Where.ASK, Tray.C: Where.UNPAID}


def tray_of(outcome: LineOutcome, chosen: Tray | None = None) -> Where:
    """Where the desk lays a card that was seen; `chosen` is what a clerk or its stop said."""
    if outcome.state is LineState.DONE:
        return Where.DONE
    if outcome.state is LineState.UNKNOWN:
        return Where.ASK
    if outcome.state is LineState.WAITING and chosen is None:
        return Where.WAITING
    return _TRAYS[chosen or (tray_for(outcome.reason) if outcome.reason else Tray.B)]


def custody(
    outcomes: Sequence[LineOutcome],
    moved: Sequence[tuple[datetime, Moved]],
    seen: Mapping[int, datetime] | None = None,
    strays: Sequence[str] = (),
    trays: Mapping[int, Tray] | None = None,
    loaded: Mapping[int, datetime] | None = None,
) -> Custody:
    """Where every card of a batch is.

    Args:
        outcomes: Every line and what became of it, in list order.
        moved: Hand-overs and explanations with their times, oldest first.
        seen: Place → when its card last lay in a reader of the desk.
        strays: Numbers of the cards on no line that lay in one, each once.
        trays: Place → the tray its stopped card was laid into.
        loaded: Place → when the load of its row was begun; what was refused before that was not
            that load.
    """
    named = Counter(card_no[-TAIL:] for card_no in strays)
    book = _Book(outcomes, seen or {}, trays or {}, loaded or {}, named)
    for at, event in moved:
        if isinstance(event, HandOver):
            book.hand_over(at, event)
        else:
            book.explain(at, event)
    book.believe_the_readers()
    book.make_good(made_good_places(event for _, event in moved))
    return book.closed()


class _Book:
    """The cards as they move; a place here is the one that stands for the card."""

    def __init__(
        self,
        outcomes: Sequence[LineOutcome],
        seen: Mapping[int, datetime],
        trays: Mapping[int, Tray],
        loaded: Mapping[int, datetime],
        strays: Counter[str],
    ) -> None:
        self._stands = card_places(outcomes)
        chosen = {
            self._stands[place]: tray for place, tray in trays.items() if place in self._stands
        }
        self._tray = {
            place: tray_of(outcomes[place - 1], chosen.get(place))
            for place in self._stands.values()
        }
        self._where = dict.fromkeys(sorted(set(self._stands.values())), Where.NOT_COLLECTED)
        self._ours = 0
        self._since: dict[int, datetime] = {}
        self._explained: set[int] = set()
        self._made_good: set[int] = set()
        self._refused: set[int] = set()
        self._loaded_at: dict[int, datetime] = {}
        for place, at in loaded.items():
            if (own := self._stands.get(place)) is not None:
                self._loaded_at[own] = min(at, self._loaded_at.get(own, at))
        self._loaded = self._of_state(outcomes, LineState.DONE)
        self._uncertain = self._of_state(outcomes, LineState.UNKNOWN)
        self._seen: dict[int, datetime] = {}
        for place, at in seen.items():
            if (own := self._stands.get(place)) is not None:
                self._seen[own] = max(at, self._seen.get(own, at))
        self._count = {Party.TEAM: 0, Party.DESK: 0}
        self._lost_on_the_way = self._short_at_home = self._too_many = 0
        self._named = strays
        self._gone: Counter[str] = Counter()

    def hand_over(self, at: datetime, told: HandOver) -> None:
        """Cards go from hand to hand."""
        unnamed = self._unnamed()
        surplus = self._surplus(told)
        self._too_many += surplus
        ours = {Party.TEAM: Where.TEAM, Party.DESK: Where.WAITING}
        for place in self._own(told.places):
            self._put(place, ours.get(told.taker, Where.RETURNED), at)
        first = told.giver is Party.MANAGER
        for place in self._own(told.missing):
            self._put(place, Where.NOT_COLLECTED if first else Where.MISSING, at)
        self._count_over(told, told.arrived - surplus)
        if told.taker in self._count:
            self._named |= self._gone + Counter(told.extras)
        else:
            rest = told.arrived - surplus - len(self._own(told.places)) - len(told.extras)
            self._gone += Counter(told.extras) + Counter({"": max(0, min(unnamed, rest))})
            self._named |= self._gone

    def _count_over(self, told: HandOver, arrived: int) -> None:
        """The counts move: `arrived` are those that can have been with the giver."""
        lost = max(0, told.expected - told.arrived - len(told.missing))
        if told.giver in self._count:
            left = self._count[told.giver] - max(told.expected, arrived)
            self._count[told.giver] = max(0, left)
            self._lost_on_the_way += lost
        if told.taker in self._count:
            self._count[told.taker] += arrived
        else:
            self._short_at_home += lost

    def _surplus(self, told: HandOver) -> int:
        """Cards of a bag on its way back, counted above all that its giver can have had."""
        if told.giver not in self._count or told.taker is Party.DESK:
            return 0
        going = set(self._own(told.places))
        here, unnamed = self._named - self._gone, self._unnamed()
        if told.giver is Party.TEAM:
            unnamed += self._too_many
        spare = here.total() + max(unnamed, (Counter(told.extras) - here).total())
        stay = sum(
            where in KEPT or (told.giver is Party.DESK and self._is_sure(place))
            for place, where in self._where.items()
            if place not in going
        )
        return max(0, told.arrived - max(len(going) + spare, self._count[told.giver] - stay))

    def explain(self, at: datetime, told: Explanation) -> None:
        """Somebody says why a card is not where it should be."""
        if told.why is Why.COUNTED_AGAIN:
            self._count[Party.DESK], self._too_many = told.counted, 0
        for place in self._own(told.places):
            self._explain_one(at, place, told.why)
        for tail in told.extras:
            self._one_extra_less(tail)
            self._named[tail] = max(self._named[tail], self._gone[tail] + 1)
            self._gone[tail] += 1

    def _one_extra_less(self, tail: str) -> None:
        """An extra card is none of those counted here; else it is one that was counted at home."""
        here = (self._named - self._gone)[tail] or self._unnamed()
        if self._too_many and not here:
            self._too_many -= 1
            return
        holder = Party.DESK if self._count[Party.DESK] else Party.TEAM
        self._count[holder] = max(0, self._count[holder] - 1)

    def _explain_one(self, at: datetime, place: int, why: Why) -> None:
        if why is Why.REFUSED and at >= self._loaded_at.get(place, at):
            self._refused.add(place)
        elif why in NEED_TWO:
            self._refused.discard(place)
        if why not in (Why.KEEPS_GAS, Why.MADE_GOOD):
            self._move_one(at, place, why)

    def _move_one(self, at: datetime, place: int, why: Why) -> None:
        to = {
            Why.FOUND: Where.WAITING,
            Why.NEVER_GIVEN: Where.NOT_COLLECTED,
            Why.LOST: Where.MISSING,
            Why.DESTROYED: Where.DESTROYED,
            Why.OTHER_BATCH: Where.ELSEWHERE,
            Why.REFUSED: Where.REFUSED,
            Why.ABSENT: Where.ABSENT,
            Why.SEALED_OFF: Where.SEALED_OFF,
        }[why]
        before = self._where[place]
        holder = Party.TEAM if before is Where.TEAM else Party.DESK
        doubtful = before in HELD and self._is_doubtful(place)
        if to in KEPT:
            # A card that is kept is one of those that were counted, also where some of them lack.
            self._count[holder] += before not in _OURS
        elif why is Why.FOUND:
            self._count[holder] += before not in _OURS or doubtful
        elif before in _OURS and not doubtful:
            self._count[holder] = max(0, self._count[holder] - 1)
        if before is Where.RETURNED:
            self._short_at_home = max(0, self._short_at_home - 1)
        self._put(place, to, at)
        if why is not Why.FOUND:
            self._explained.add(place)

    def believe_the_readers(self) -> None:
        """A card that lay in a reader after whatever was said of it is at the desk."""
        for place, at in self._seen.items():
            since = self._since.get(place)
            if self._where[place] is not Where.WAITING and (since is None or at > since):
                self._put(place, Where.WAITING, at)
                self._count[Party.DESK] += 1

    def make_good(self, places: Iterable[int]) -> None:
        """Households of these lines have their gas again."""
        self._made_good.update(self._own(tuple(places)))

    def closed(self) -> Custody:
        """The result."""
        where = dict(self._where)
        doubtful = [place for place in where if where[place] in HELD and not self._is_sure(place)]
        at_desk = [place for place in self._seen if where[place] is Where.WAITING]
        found_again = {p for p in self._made_good & self._loaded if where[p] not in GONE}
        laid = self._tray | dict.fromkeys(found_again, Where.ASK)
        where.update({place: laid[place] for place in at_desk})
        tally = Counter(where.values())
        difference = self._difference()
        short = max(0, min(difference, len(doubtful)))
        lost = min(short, self._lost_on_the_way)
        for place in doubtful[len(doubtful) - short :]:
            tally[where[place]] -= 1
        tally[Where.MISSING] += lost
        tally[Where.NOT_COLLECTED] += short - lost
        at_home = min(self._short_at_home, tally[Where.RETURNED])
        tally[Where.RETURNED] -= at_home
        tally[Where.MISSING] += at_home
        here = self._named - self._gone
        return Custody(
            where=where,
            tally={one: tally[one] for one in Where},
            explained=frozenset(self._explained),
            short=short,
            short_back=at_home,
            extras=tuple(sorted(here.elements())),
            unnamed_extras=self._unnamed() + self._too_many,
            extras_gone=self._gone.total(),
            counted=dict(self._count),
            lost_loads=tuple(
                place
                for place, at in where.items()
                if at in GONE and place in self._explained & self._loaded - self._made_good
            ),
            refused=frozenset(self._refused & (self._loaded | self._uncertain)),
            loaded=frozenset(self._loaded),
            uncertain=frozenset(self._uncertain),
            found_again=frozenset(found_again),
        )

    def _of_state(self, outcomes: Sequence[LineOutcome], state: LineState) -> set[int]:
        return {
            self._stands[place]
            for place, one in enumerate(outcomes, start=1)
            if place in self._stands and one.state is state
        }

    def _own(self, places: Sequence[int]) -> list[int]:
        own = [self._stands[place] for place in places if place in self._stands]
        return list(dict.fromkeys(own))

    def _put(self, place: int, where: Where, at: datetime) -> None:
        self._ours += (where in _OURS) - (self._where[place] in _OURS)
        self._where[place] = where
        self._since[place] = at
        self._explained.discard(place)

    def _is_sure(self, place: int) -> bool:
        """It lay in a reader, and lies where it was put then."""
        return self._where[place] is Where.WAITING and place in self._seen

    def _is_doubtful(self, place: int) -> bool:
        return not self._is_sure(place) and self._difference() > 0

    def _unnamed(self) -> int:
        """Cards counted here that stand on no line and that nobody has named."""
        return max(0, -self._difference())

    def _difference(self) -> int:
        """Cards the hand-overs put into our hands, less those counted there."""
        here = (self._named - self._gone).total()
        return self._ours + here - sum(self._count.values())
