"""The lanes of `batch run`: one thread for every reader, cards one after another in each."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

from cardstation.cli.card import readers_of
from cardstation.cli.run import Call
from cardstation.domain.batch import LineOutcome
from cardstation.domain.topup import Step
from cardstation.domain.trays import OF_THE_STATION, Tray, tray_for
from cardstation.errors import CardServiceGone, Mishap, ReaderGone, Refusal
from cardstation.ports.reader import Presence, Reader
from cardstation.sentences import brief, of_error, word
from cardstation.services.batch_state import BatchState, outcome_of
from cardstation.services.identify import Inserted, insert_card
from cardstation.services.load_line import load_line, place_of
from cardstation.services.run_batch import finish_batch, pause_batch, start_batch
from cardstation.services.station import Station
from cardstation.short_turns import take_short_turns


def run_lanes(call: Call, station: Station, state: BatchState, reader: str, idle_s: float) -> None:
    """Run cards in every reader whose name fits, until nothing waits or nobody feeds.

    Where nothing waits any more the stopped cards are taken once more, as with F5 at the desk.
    A reader or a card service that goes away is waited for; a card that stops is said and left,
    and one that nobody takes out ends its lane like a reader that nobody feeds. The run is on
    record: started, and finished or paused.
    """
    run = Run(call, station, state, idle_s)
    if not run.waiting:
        return
    take_short_turns()
    start_batch(station, state.batch.batch_id)
    try:
        with call.doors.readers(call.settings) as room:
            _together(run, readers_of(room, reader))
    finally:
        if not finish_batch(station, state.batch.batch_id):
            pause_batch(station, state.batch.batch_id)


def places_to_run(state: BatchState) -> frozenset[int]:
    """Lines that wait for their card; where none does, those whose stopped card is tried again."""
    lines = tuple(enumerate(state.outcomes, start=1))
    waiting = frozenset(place for place, one in lines if one.is_open)
    return waiting or frozenset(place for place, one in lines if one.may_run)


def _together(run: Run, readers: tuple[Reader, ...]) -> None:
    with ThreadPoolExecutor(len(readers)) as pool:
        try:
            lanes = [pool.submit(run.lane, reader) for reader in readers]
            for lane in as_completed(lanes):
                lane.result()
                if run.over.is_set():
                    break
        finally:
            run.over.set()
            for reader in readers:
                reader.cancel()


class Run:
    """What the lanes of one run share.

    Attributes:
        waiting: Places of the lines that wait for their card.
        over: Set when nobody waits any more.
    """

    def __init__(self, call: Call, station: Station, state: BatchState, idle_s: float) -> None:
        self.over = threading.Event()
        self.waiting = set(places_to_run(state))
        self._call, self._station, self._batch = call, station, state.batch
        self._idle_s, self._turn, self._asks = idle_s, threading.Lock(), threading.Lock()
        self._deadline = time.monotonic() + idle_s

    def lane(self, reader: Reader) -> None:
        """The loop of one reader."""
        while (left := self._deadline - time.monotonic()) > 0 and not self.over.is_set():
            try:
                seen = reader.wait_card(left)
            except (CardServiceGone, ReaderGone) as error:
                self._call.output.progress(brief(error.code, self._call.words))
                continue
            if seen is None:
                continue
            self._one_card(reader, seen)
            if not self.waiting:
                self.over.set()
            if self.over.is_set() or not reader.wait_removed(seen, self._idle_s):
                return
            self._deadline = time.monotonic() + self._idle_s

    def _one_card(self, reader: Reader, seen: Presence) -> None:
        words, named = self._call.words, tuple[str, ...]()
        try:
            card = insert_card(self._station, reader, seen)
            try:
                place = place_of(self._batch, card)
                named = self._named(place) if place else (card.content.identity.card_no,)
                line = self._load(card)
            finally:
                card.close()
        except (Refusal, Mishap) as stop:
            told_of = of_error(stop, words)
            tray = None if stop.code in OF_THE_STATION else tray_for(stop.code)
            self._say(tray, *named, told_of.brief, told_of.what)
            return
        self._say(Tray.A, *named, line.line.name, line.receipt_no)

    def _named(self, place: int) -> tuple[str, ...]:
        own = self._batch.lines[place - 1]
        return (own.card_no, own.door)

    def _say(self, tray: Tray | None, *told: str) -> None:
        """One line about a card, the tray it goes into first; None = the station stopped."""
        where = f"{tray.value} {word(f'tray.{tray.value}', self._call.words)}" if tray else ""
        self._call.output.progress("  ".join(filter(None, (where, *told))))

    def _load(self, card: Inserted) -> LineOutcome:
        batch_id, place = self._batch.batch_id, place_of(self._batch, card)
        try:
            line = self._in_its_envelope(card, place)
        except (Refusal, Mishap):
            if place and not outcome_of(self._station, batch_id, place).is_open:
                self._waits_no_more(place)
            raise
        self._waits_no_more(place)
        return line

    def _in_its_envelope(self, card: Inserted, place: int) -> LineOutcome:
        """Load it; where the bag wants its envelope scanned, that is the next line of the input."""
        batch_id = self._batch.batch_id
        try:
            return load_line(self._station, batch_id, card, _watch)
        except Refusal as stop:
            scanned = self._scan(place) if stop.code == "envelope_not_scanned" else ""
            if not scanned:
                raise
        return load_line(self._station, batch_id, card, _watch, scanned)

    def _scan(self, place: int) -> str:
        """Ask for the envelope of one card at a time; empty where the input has ended."""
        own = self._batch.lines[place - 1]
        with self._asks:
            self._call.output.progress(
                self._call.words(
                    "Scan the envelope of card {card_no}, {door}:",
                    card_no=own.card_no,
                    door=own.door,
                )
            )
            scanned = sys.stdin.readline().strip()
            self._deadline = time.monotonic() + self._idle_s
        return scanned

    def _waits_no_more(self, place: int) -> None:
        with self._turn:
            self.waiting.discard(place)


def _watch(_step: Step) -> None:
    """Steps are not said here."""
