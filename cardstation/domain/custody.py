"""Custody: the values that say where every card of a batch is.

::

    manager ──► team ──► desk ──► team ──► manager        (the team may be left out)

`custody` (beside this, in `custody_book`) makes a `Custody` of the hand-overs and explanations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

ON_PAPER = "paper"
"""In place of a signature's digest: it was signed on paper."""
TAIL = 4
"""Digits of a foreign card's number that are kept: enough to find it in the bag."""


class Party(StrEnum):
    """Who holds cards: the community or its property manager, a service team, the desk.

    A `RESIDENT` has fetched their own card, mostly one that was kept here for them.
    """

    MANAGER = "manager"
    TEAM = "team"
    DESK = "desk"
    RESIDENT = "resident"


_OURS = (Party.TEAM, Party.DESK)


class Where(StrEnum):
    """Where a card is; `done`, `ask` and `unpaid` are the trays A, B and C of the desk."""

    NOT_COLLECTED = "not_collected"
    TEAM = "team"
    WAITING = "waiting"
    DONE = "done"
    ASK = "ask"
    UNPAID = "unpaid"
    RETURNED = "returned"
    REFUSED = "refused"
    ABSENT = "absent"
    SEALED_OFF = "sealed_off"
    DESTROYED = "destroyed"
    MISSING = "missing"
    ELSEWHERE = "elsewhere"


class Why(StrEnum):
    """What explains a card that is missing, left over or kept; `counted_again` a count.

    `made_good`: a loaded card was lost or destroyed with us, and its household has its gas again.
    `keeps_gas` moves no card: a household that refused its card has signed that it keeps what was
    loaded; or what was made good was taken back, since the card was found.
    """

    FOUND = "found"
    NEVER_GIVEN = "never_given"
    LOST = "lost"
    DESTROYED = "destroyed"
    OTHER_BATCH = "other_batch"
    REFUSED = "refused"
    ABSENT = "absent"
    SEALED_OFF = "sealed_off"
    KEEPS_GAS = "keeps_gas"
    GIVEN_BACK = "given_back"
    COUNTED_AGAIN = "counted_again"
    MADE_GOOD = "made_good"


HELD = frozenset({Where.TEAM, Where.WAITING, Where.DONE, Where.ASK, Where.UNPAID})
"""In our hands, and still to go back."""
KEPT = frozenset({Where.REFUSED, Where.ABSENT, Where.SEALED_OFF})
"""In our hands, and kept there for their households."""
GONE = frozenset({Where.MISSING, Where.DESTROYED})
"""Not here any more, and it should be."""
OF_EXTRAS = frozenset({Why.OTHER_BATCH, Why.GIVEN_BACK})
"""What may become of a card that stands on no line."""
NEED_TWO = frozenset({Why.LOST, Why.DESTROYED, Why.NEVER_GIVEN, Why.MADE_GOOD, Why.KEEPS_GAS})
"""What ends the search for a card, or settles what its household has: nobody says it alone."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Cards that went from one party to another.

    Attributes:
        seal_no: Of the bag, empty when it was open.
        expected: How many the giver said there are.
        arrived: How many the taker counted.
        places: Lines whose cards are taken to have gone with it.
        missing: Lines known to be missing from it.
        extras: Last digits of cards in it that stand on no line.
        given_signed, taken_signed: SHA-256 of a signature's picture, `paper`, or empty.
        people: SHA-256 of the page that names them; the page stays at the station.
    """

    seal_no: str
    giver: Party
    taker: Party
    expected: int
    arrived: int
    places: tuple[int, ...]
    missing: tuple[int, ...] = ()
    extras: tuple[str, ...] = ()
    given_signed: str = ""
    taken_signed: str = ""
    people: str = ""

    @property
    def on_paper(self) -> bool:
        """Somebody signed on paper, whose photo is due."""
        return ON_PAPER in (self.given_signed, self.taken_signed)

    @property
    def unnamed(self) -> int:
        """Cards more (or, negative, fewer) than the lines and foreign cards that are named."""
        return self.arrived - len(self.places) - len(self.extras)


@dataclass(frozen=True, slots=True)
class Reported:
    """A hand-over that was signed at a station without the list, as this desk heard of it.

    Attributes:
        told: Names and signatures stay there, their digests are here.
        station, clerk: Who recorded it. at: When, by that station's clock.
        entry_id: Of its entry there; it is taken once.
        beside: It moves no card here: this desk has a record of its own, or the run began.
    """

    told: HandOver
    station: str
    clerk: str
    at: datetime
    entry_id: str
    beside: bool


def counted_otherwise(told: HandOver, own: Iterable[HandOver]) -> int | None:
    """What our own record of a bag says, where it was counted otherwise elsewhere.

    Args:
        told: The collection or return as it was recorded elsewhere.
        own: Our hand-overs of that batch, oldest first.

    Returns:
        None where both agree, or nothing of that bag is on record here.
    """
    if told.taker is Party.MANAGER:
        back = [one for one in own if one.taker is Party.MANAGER and one.seal_no == told.seal_no]
        return next((one.arrived for one in back if one.arrived != told.arrived), None)
    some = [one for one in own if one.giver is not Party.DESK and one.taker in _OURS]
    sealed = [one for one in some if one.seal_no == told.seal_no]
    first = next(iter(sealed or [one for one in some if not one.seal_no]), None)
    if first is None or told.arrived == first.arrived:
        return None
    if first.giver is Party.MANAGER:
        return first.arrived
    return None if told.arrived == first.expected else first.expected


@dataclass(frozen=True, slots=True)
class Photographed:
    """The photo of the paper on which a hand-over was signed.

    Attributes:
        number: Of the hand-over's entry in the journal.
        photo: SHA-256 of the picture.
        station: Where the picture is, if not here: the laptop that recorded the hand-over.
    """

    number: int
    photo: str
    station: str = ""


RECOUNTS = ("mistyped", "miscounted")
"""Why a count is put right."""


@dataclass(frozen=True, slots=True)
class Recounted:
    """Another count for a collection that a team's laptop recorded; the last one holds.

    Attributes:
        number: Of the collection's entry in the journal.
        before: The count that held until then.
        arrived, expected: As in `HandOver`.
        reason: One of `RECOUNTS`.
        station, clerk, entry_id: Who recorded it, where this desk heard of it; else empty.
        beside: It moves no card here: the bag went on, or its run began.
    """

    number: int
    before: int
    arrived: int
    expected: int
    reason: str
    station: str = ""
    clerk: str = ""
    entry_id: str = ""
    beside: bool = False

    def of(self, told: HandOver) -> HandOver:
        """The hand-over with this count."""
        return replace(told, arrived=self.arrived, expected=self.expected)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why cards are not where they should be.

    Attributes:
        extras: Last digits of cards on no line; an empty text for one nobody has looked at.
        counted: With `counted_again`: how many lie at the desk.
    """

    why: Why
    places: tuple[int, ...] = ()
    extras: tuple[str, ...] = ()
    counted: int = 0


Moved = HandOver | Explanation


def made_good_places(moved: Iterable[Moved | None]) -> set[int]:
    """Places whose load was made good, oldest word first; until it was taken back."""
    places: set[int] = set()
    for told in moved:
        if isinstance(told, Explanation) and told.why is Why.MADE_GOOD:
            places.update(told.places)
        elif isinstance(told, Explanation) and told.why is Why.KEEPS_GAS:
            places.difference_update(told.places)
    return places


@dataclass(frozen=True, slots=True)
class People:
    """Who gave and who took, as they said; `salt` keeps the page's digest from being guessed."""

    given_by: str
    taken_by: str
    salt: str


@dataclass(frozen=True, slots=True)
class Purged:
    """The record of a deletion: how many lines lost their names, doors and notes."""

    lines: int


@dataclass(frozen=True, slots=True)
class Custody:
    """Where every card is.

    Attributes:
        where: By the place of its line, as the hand-overs and the readers tell it.
        tally: How many cards are where, after the counts; its sum is `cards`.
        explained: Places whose missing card was explained.
        short: Cards in our hands by `where` that a count says are not there, nobody knows which.
        short_back: The same of those given back: fewer arrived than left.
        extras: Last digits of cards on no line that are in our hands.
        unnamed_extras: Counted above the list, or above what was here to give back, and not
            looked at yet.
        extras_gone: Cards on no line that went back or were explained.
        counted: By the last counts, with the team and at the desk.
        lost_loads: Lines that were loaded and whose card is said to be lost or destroyed since,
            while nobody has said that their household has its gas again.
        refused: Lines whose household refused its card while a load of the list is on it; neither
            was the load taken off since, nor did two persons say what else became of it.
        loaded: Lines whose card holds a load of the list.
        uncertain: Lines of which nobody knows yet whether their card holds one.
        found_again: Lines whose load was made good while their card was lost, and whose card has
            been found: that load could be used a second time.
    """

    where: Mapping[int, Where]
    tally: Mapping[Where, int]
    explained: frozenset[int]
    short: int
    short_back: int
    extras: tuple[str, ...]
    unnamed_extras: int
    extras_gone: int
    counted: Mapping[Party, int]
    lost_loads: tuple[int, ...] = ()
    refused: frozenset[int] = frozenset()
    loaded: frozenset[int] = frozenset()
    uncertain: frozenset[int] = frozenset()
    found_again: frozenset[int] = frozenset()

    @property
    def cards(self) -> int:
        """Cards of the list."""
        return len(self.where)

    @property
    def held(self) -> tuple[int, ...]:
        """Lines whose cards are in our hands and have to go back."""
        return tuple(place for place, where in self.where.items() if where in HELD)

    @property
    def kept(self) -> tuple[int, ...]:
        """Lines whose cards are kept here for their households."""
        return tuple(place for place, where in self.where.items() if where in KEPT)

    @property
    def unexplained(self) -> tuple[int, ...]:
        """Lines whose cards are missing or never came, and nobody has said why."""
        gone = (Where.MISSING, Where.NOT_COLLECTED)
        return tuple(
            place
            for place, where in self.where.items()
            if where in gone and place not in self.explained
        )

    @property
    def lacking(self) -> int:
        """Cards that are not there, and nobody has said why."""
        return len(self.unexplained) + self.short + self.short_back

    @property
    def lacking_places(self) -> tuple[int, ...]:
        """Lines that lack unexplained; those a count lacks only when it lacks all that may be."""
        doubtful = [p for p in self.held if self.where[p] in (Where.WAITING, Where.TEAM)]
        return (*self.unexplained, *(doubtful if len(doubtful) == self.short else ()))

    @property
    def left_over(self) -> int:
        """Cards on no line that are in our hands."""
        return len(self.extras) + self.unnamed_extras

    @property
    def accounted_for(self) -> bool:
        """Nothing is held, missing or left over without an explanation."""
        return not (self.held or self.lacking or self.left_over)
