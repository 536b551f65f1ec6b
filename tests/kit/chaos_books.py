"""What a chaos run asks of the desk beside the lanes: money, custody, papers, ledger, proof."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import partial
from itertools import pairwise

from cardstation.bootstrap.card_box import CardBox
from cardstation.bootstrap.plastic import money_on_cards
from cardstation.bootstrap.station import open_station
from cardstation.domain.batch import LineState
from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import TAIL, Explanation, Party, Where, Why
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.custody_state import CustodyState, custody_state
from cardstation.services.explain_card import explain_card
from cardstation.services.identify import insert_card
from cardstation.services.import_list import import_list
from cardstation.services.load_line import load_line
from cardstation.services.pay_batch import pay_batch
from cardstation.services.put_in_envelope import put_in_envelope
from cardstation.services.station import Station
from cardstation.settings import load_settings
from drivers.virtual.reader import VirtualReader
from tests.kit.e2e import Desk, Served
from tests.kit.e2e_cards import Person, image_of, take_in, write_list
from tests.kit.handing import go_back, hand
from tests.kit.own_service import make_cards

YUAN = 100
CHIEF = Approval("chief")
LP = """#!/bin/sh
left=$(cat sheets)
[ "$left" -gt 0 ] || { echo "out of paper" >&2; exit 1; }
echo $((left - 1)) >sheets
echo "$4" >>printed
cat >/dev/null
echo "request id is office-1 (0 file(s))"
"""
"""A stand-in for `lp` with so many sheets; `lpstat` then shows an empty queue."""


class Books:
    """The desk of a chaos run, when no run has it."""

    def __init__(self, desk: Desk, strangers: list[Person]) -> None:
        self.desk, self.strangers = desk, strangers
        # Read before the desk is enrolled: only commands, which end, hold a line to the ledger.
        self._settings = load_settings(desk.home, {})
        self._centre: Served | None = None
        self._port = 0
        self._ids: list[str] = []
        self._open = partial(open_station, self._settings)

    def open(self, bags: Sequence[Sequence[Person]]) -> list[str]:
        """Take in the directory, the lists and the cards; the desk is known to its ledger."""
        every = [*self.strangers, *(one for bag in bags for one in bag)]
        take_in(self.desk, every)
        make_cards(self.desk, every)
        with self._open(True) as station:
            for no, bag in enumerate(bags):
                path = self.desk.folder / f"bag-{no}.xlsx"
                write_list(path, [(one, str(YUAN)) for one in bag])
                self._ids.append(import_list(station, path).batch_id)
        self._centre = self.desk.centre()
        self._port = self._centre.port
        code = self._centre.code
        self.desk.run("enrol", self._centre.url, CARDSTATION_ENROL_CODE=code)
        self._lp()
        return self._ids

    def _lp(self) -> None:
        for name, lines in (("lp", LP), ("lpstat", "#!/bin/sh\n"), ("cancel", "#!/bin/sh\n")):
            (self.desk.folder / name).write_text(lines, "utf-8")
            (self.desk.folder / name).chmod(0o755)

    def collect(self, batch: str, lines: Sequence[Person]) -> None:
        """Money for all cards but the last, by two payments; a bag that lacks that card."""
        fen = 100 * YUAN * (len(lines) - 1)
        come, count = (Party.MANAGER, Party.DESK), len(lines) - 1
        with self._open(True) as station:
            for low, high in pairwise((0, fen // 3, fen)):
                tender = Tender.BANK_TRANSFER if low else Tender.CASH
                pay_batch(station, batch, tender=tender, money=Money(high - low))
            self._explained(hand(station, batch, *come, arrived=count), len(lines))

    def exchange_envelopes(self, batch: str, cards: Sequence[str], pair: tuple[int, int]) -> None:
        """Two cards lie in each other's envelopes: neither is written; then nothing is scanned."""
        with self._open(True) as station:
            for at in pair:
                put_in_envelope(station, batch, at + 1, f"E{at + 1}")
            for own, other in (pair, pair[::-1]):
                card_no, before = cards[own], image_of(self.desk, cards[own])
                said = self._load_from(station, batch, card_no, f"E{other + 1}")
                wrong = "written" if image_of(self.desk, card_no) != before else "not written"
                assert (wrong, said) == ("not written", "card_in_other_envelope"), (
                    f"{card_no} in another's envelope: {wrong}, {said}"
                )
            for at in pair:
                put_in_envelope(station, batch, at + 1, "", CHIEF, "compared by eye")

    def _load_from(self, station: Station, batch: str, card_no: str, envelope: str) -> str:
        """What becomes of a card that was scanned with this envelope: a code, or its receipt."""
        reader = VirtualReader()
        reader.insert(CardBox(station, self.desk.home).take(card_no))
        presence = reader.wait_card(0)
        assert presence is not None
        with closing(insert_card(station, reader, presence)) as card:
            try:
                return load_line(station, batch, card, lambda _step: None, envelope).receipt_no
            except Refusal as refused:
                return refused.code

    def lose_ledger(self) -> None:
        """kill -9 the ledger, and its database dies with it."""
        assert self._centre is not None
        self._centre.process.kill()
        self._centre = None

    def find_ledger(self) -> None:
        """It is there again, at its old place."""
        if self._centre is None:
            self._centre = self.desk.centre(self._port)

    def print_return(self, batch: str, sheets: int | None, receipts: int) -> None:
        """Print what goes back with the bag; an empty printer loses nothing, nor prints twice."""
        folder = self.desk.folder
        printed, left = folder / "printed", folder / "sheets"
        printed.write_text("", "utf-8")
        printer = {"CARDSTATION_PRINTER": "office", "PATH": f"{folder}:{self.desk.env['PATH']}"}
        if sheets is not None:
            left.write_text(str(sheets), "utf-8")
            said = self.desk.run("batch", "papers", batch, status=4, **printer)
            assert said["error"] == "paper_not_printed"
            assert len(printed.read_text("utf-8").split()) == sheets
        left.write_text("99", "utf-8")
        self.desk.run("batch", "papers", batch, **printer)
        titles = printed.read_text("utf-8").split()
        assert len(titles) == len(set(titles)), titles
        assert len([one for one in titles if one.endswith("-a5")]) == receipts, titles

    def go_home(self, batch: str, strange: set[str]) -> None:
        """Explain what is missing and left over, give the bag back, and prove everything."""
        with self._open(True) as station:
            state = custody_state(station, batch)
            outcomes = [one.state for one in state.batch.outcomes]
            cards = len(outcomes)
            assert outcomes == [*[LineState.DONE] * (cards - 1), LineState.UNFUNDED], outcomes
            self._explained(state, cards)
            assert state.custody.tally[Where.DONE] == cards - 1
            assert {stop.card_no for stop in state.batch.strays} - {""} <= strange
            assert set(state.custody.extras) <= {card_no[-TAIL:] for card_no in strange}
            lacking = state.custody.lacking_places
            assert lacking == (cards,), (lacking, state.custody)
            told = Explanation(Why.NEVER_GIVEN, lacking)
            state = explain_card(station, batch, told, CHIEF)
            if extras := state.custody.extras:
                state = explain_card(station, batch, Explanation(Why.OTHER_BATCH, extras=extras))
            self._explained(state, cards)
            state = go_back(station, batch)
            self._explained(state, cards)
            assert state.stage is Stage.CLOSED, state.custody
            assert state.custody.tally[Where.RETURNED] == cards - 1
            assert state.custody.tally[Where.NOT_COLLECTED] == 1
            box = CardBox(station, self.desk.home)
            assert money_on_cards(station, box, batch).fen == state.batch.money.loaded.fen
            assert state.batch.money.loaded.fen == 100 * YUAN * (cards - 1)
        assert self.desk.run("sync")["unsent"] == 0
        self._proof()

    def _explained(self, state: CustodyState, cards: int) -> None:
        """The totals say where every card is."""
        assert state.custody.cards == cards
        assert sum(state.custody.tally.values()) == cards, state.custody.tally

    def _proof(self) -> dict[str, object]:
        proof: dict[str, object] = self.desk.run("verify")
        assert proof["ok"], proof["disagreements"]
        assert proof["taken_fen"] == proof["loaded_fen"] == proof["posted_fen"]
        return proof

    def agree(self, fen: int) -> None:
        """What the cards carry is what the journal and the ledger say, in all."""
        proof = self._proof()
        assert proof["taken_fen"] == fen, proof
        words = ("totals", "--home", self.desk.folder / "centre", "--json")
        totals = self.desk.ask(*words, program="cardstation-central").json
        assert totals["disagreements"] == []
        assert totals["exceptions"] == 0, totals
        assert totals["entries"] == proof["entries"]
