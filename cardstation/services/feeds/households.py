"""Brings rows of a district into the directory; a household that is at work waits its turn."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from cardstation.domain.account_change import Heard
from cardstation.domain.feed import Row, directory_of, district_of
from cardstation.domain.feed_rows import household_from, household_row
from cardstation.domain.household import Household
from cardstation.errors import LedgerRefused, Refusal
from cardstation.services.import_directory import BroughtIn, OurWord, our_word, up_to_date
from cardstation.services.intent.anchoring import anchor_problem
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.feeds import Waiting


@dataclass(frozen=True, slots=True)
class District:
    """A district while its rows come in: one unit of work.

    Nobody takes the card of a household in hand while its row changes, and no row changes whose
    card is in hand: what somebody read before must still be true when they write.

    Attributes:
        published: When the rows were published, microseconds since 1970.
        hands: Lets go of the cards; closed after the commit.
        busy: Accounts with something open on a card.
        ours: What this station knows better.
        settled: Its records are the newest there are. While they are not, nobody is taken off:
            what was lost, and comes back, is about households that must be on file.
    """

    station: Station
    unit: Unit
    feed: str
    published: int
    hands: ExitStack
    busy: frozenset[str]
    ours: OurWord
    settled: bool
    _later: dict[str, int] = field(default_factory=dict)

    def put(self, filed: Sequence[Household]) -> None:
        """Add households, or bring them up to date."""
        numbers = [one.account_no for one in filed]
        self.unit.feeds.wait_no_more(self.feed, numbers)
        known = {one.account_no: one for one in self.unit.households.numbered(numbers, ())}
        changed: list[Household] = []
        waits: list[Household] = []
        heard: list[Heard] = []
        for one in filed:
            old = known.get(one.account_no)
            told = up_to_date(old, one, self.ours)
            if (told.now == old and not told.heard) or self._is_elsewhere(old):
                continue
            free = old is None or (one.account_no not in self.busy and self._take(old))
            (changed if free else waits).append(told.now if free else one)
            heard += told.heard if free else ()
        self.unit.households.put(changed)
        self.unit.account_changes.settle(heard, self.station.clock.now())
        self._wait([(one.account_no, json.dumps(household_row(one))) for one in waits])

    def remove(self, account_nos: Sequence[str]) -> None:
        """Take households off the file; one this station did something for stays, without one."""
        self.unit.feeds.wait_no_more(self.feed, account_nos)
        for one in self.unit.households.numbered(account_nos, ()):
            if one.team != district_of(self.feed):
                continue
            if not (self.settled and self._take(one)):
                self._wait([(one.account_no, "")])
            elif self.unit.feeds.is_known_here(one.account_no):
                self.unit.feeds.leave(one.account_no)
            else:
                self.unit.feeds.remove(one.account_no)

    def _is_elsewhere(self, known: Household | None) -> bool:
        """A later word of another district says that the household is there."""
        if known is None or known.team == district_of(self.feed):
            return False
        if known.team not in self._later:
            other = self.unit.feeds.followed(directory_of(known.team))
            self._later[known.team] = other.published
        return self._later[known.team] > self.published

    def _take(self, known: Household) -> bool:
        try:
            self.hands.enter_context(self.station.work.on_card(known.card_no, self.hands))
        except Refusal:
            return False
        return True

    def _wait(self, rows: Sequence[tuple[str, str]]) -> None:
        self.unit.feeds.wait([Waiting(self.feed, no, self.published, row) for no, row in rows])


def district(station: Station, unit: Unit, feed: str, published: int, hands: ExitStack) -> District:
    """A district's rows, about to come in."""
    busy = frozenset(one.account_no for one in unit.topups.open_intents())
    settled = is_settled(station, unit)
    return District(station, unit, feed, published, hands, busy, our_word(unit), settled)


def is_settled(station: Station, reading: Reading) -> bool:
    """Whether nothing of the station's records was lost, as far as anchor and ledger say."""
    return anchor_problem(station, reading) is None and not reading.outbox.verdict()


def households_in(feed: str, number: int, rows: Sequence[Row]) -> list[Household]:
    """Rows of a district as households.

    Raises:
        LedgerRefused: `feed_unreadable`; also where a household is of another district.
    """
    try:
        found = [household_from(row) for row in rows]
    except (ValueError, TypeError) as error:
        raise LedgerRefused("feed_unreadable", feed=feed, number=number) from error
    if any(one.team != district_of(feed) for one in found):
        raise LedgerRefused("feed_unreadable", feed=feed, number=number)
    return found


@dataclass(frozen=True, slots=True)
class Span:
    """Account numbers after one, up to another; `to` empty = to the end."""

    after: str
    to: str


def gone_between(reading: Reading, feed: str, filed: Sequence[Household], span: Span) -> list[str]:
    """Households of a district that are on file, and not in this part of its snapshot."""
    there = {one.account_no for one in filed}
    found = reading.feeds.filed_between(district_of(feed), span.after, span.to)
    return [account_no for account_no in found if account_no not in there]


def differs(
    reading: Reading, feed: str, filed: Sequence[Household], span: Span, ours: OurWord
) -> bool:
    """Whether a part of a snapshot says anything that is not on file."""
    known = {
        one.account_no: one
        for one in reading.households.numbered([one.account_no for one in filed], ())
    }
    return any(
        (old := known.get(one.account_no)) is None or up_to_date(old, one, ours) != BroughtIn(old)
        for one in filed
    ) or bool(gone_between(reading, feed, filed, span))
