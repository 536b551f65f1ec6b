"""Lanes before which a plan's hands stand: several readers of one private card service."""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import dataclass, field

from cardstation.bootstrap.rack import BYTE_S, EXCHANGE_S
from drivers.virtual.card import VirtualCard
from drivers.virtual.firmware import Firmware
from drivers.virtual.service import SOCKET_VARIABLE
from drivers.virtual.tear import Tear, Torn
from drivers.virtual.vpcd import CardSide, VpcdSlot
from tests.kit.chaos_plan import LANES, Accident, Deed, Insertion, Struck
from tests.kit.e2e import Answer, Desk, Process
from tests.kit.e2e_cards import card_file
from tests.kit.own_service import Counted, Exchanged, OwnService
from tests.kit.pcsc import SLE4428_ATR, PlainCard, until

NAMES = ("Virtual PCD", "Virtual PCD 2")
QUIET_S = 0.8
STIRRED_S = 1.5
SETTLED_S = 20.0
IDLE_S = 90


class Drawn(Counted):
    """A card that is out before that command, which it does not carry out."""

    def moment(self) -> None:
        super().moment()
        raise Torn


@dataclass
class Hand:
    """One reader and what a hand does before it."""

    desk: Desk
    slot: VpcdSlot
    stirred: float = 0.0
    card: Counted | None = None
    again: list[str] = field(default_factory=list)
    dead: bool = False

    def lay(self, side: CardSide, again: list[str], *, dead: bool = False) -> None:
        """Lay a card in, and others after it."""
        self.slot.pull()
        self.card = side if isinstance(side, Counted) else Counted(side)
        self.again, self.dead, self.stirred = again, dead, time.monotonic()
        self.slot.insert(self.card)

    def firmware(self, card_no: str, tear: Tear | None = None) -> Firmware:
        """A card of the desk's box in this reader, as slow as a real one."""
        path = card_file(self.desk, card_no)
        card = VirtualCard.load(path)
        card.keep_in(path)
        card.chip.sleep = _pause
        if tear is not None:
            card.chip.arm(tear)
        made = Firmware(card)
        made.exchange_s, made.byte_s = EXCHANGE_S, BYTE_S
        return made

    def come_to(self, command: int) -> bool:
        """The card has come to that command, or does not go on."""
        assert self.card is not None
        return self.card.commands >= command or self.settled()

    def settled(self) -> bool:
        """Nobody speaks to the card any more; what was to follow it lies there, or did."""
        if self.slot.occupied and not self._quiet():
            return False
        if not self.again:
            return True
        self.lay(self.firmware(self.again[0]), self.again[1:])
        return False

    def _quiet(self) -> bool:
        if time.monotonic() - self.stirred < STIRRED_S:
            return False
        if self.dead:
            return self.slot.noticed
        return self.slot.spoken_to and self.slot.quiet_s > QUIET_S


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


class Lanes:
    """The readers of a desk, a run in them, and the accidents that happen to both."""

    def __init__(self, desk: Desk, service: OwnService) -> None:
        self.desk, self._service = desk, service
        self.hands = [Hand(desk, VpcdSlot(port=port)) for port in service.ports[:LANES]]
        self.run: Process | None = None
        self._batch = ""
        self._struck: list[Accident] = []

    def start(self, batch: str) -> None:
        """Start the run of a batch."""
        self._batch = batch
        words = ("batch", "run", batch, "--idle", IDLE_S, "--json")
        socket = {SOCKET_VARIABLE: str(self._service.socket)}
        self.run = self.desk.start(*words, **socket)
        self.run.heard(batch)

    def pause(self) -> None:
        """The clerk ends the run (Ctrl+C), unless it is over: nothing waits any more."""
        assert self.run is not None
        ended = self.run.interrupt()
        # One that has given its whole answer and is about to be gone dies of it.
        gone = ended.status == -signal.SIGINT and ended.json["batch"] == self._batch
        assert gone or ended.status in (0, 130), str(ended)

    def lay(self, one: Insertion, cards: list[str], stranger: str, seed: int) -> None:
        """Do what a plan wants with a card in its lane."""
        hand, own = self.hands[one.lane], cards[one.card]
        if one.deed is Deed.DEAD:
            hand.lay(PlainCard(SLE4428_ATR), [], dead=True)
            return
        if one.deed in (Deed.FOREIGN, Deed.OTHER_BATCH):
            hand.lay(hand.firmware(stranger), [])
            return
        tear = Tear(one.at, seed=seed) if one.deed is Deed.TORN else None
        card = hand.firmware(own, tear)
        match one.deed:
            case Deed.DRAWN:
                hand.lay(Drawn(card, one.at), [])
            case Deed.SWAPPED:
                hand.lay(Drawn(card, one.at), [cards[one.other]])
            case Deed.BLIND:
                hand.lay(Exchanged(card, one.at, hand.firmware(stranger)), [])
            case _:
                hand.lay(card, [own] if one.deed is Deed.TWICE else [])

    def lay_plainly(self, cards: list[str]) -> None:
        """One card in each lane, and nothing happens to it."""
        for hand, card_no in zip(self.hands, cards, strict=False):
            hand.lay(hand.firmware(card_no), [])

    @property
    def over(self) -> bool:
        """The run has ended."""
        return self.run is None or not self.run.alive

    def told(self) -> Answer:
        """What the run said so far."""
        assert self.run is not None
        return self.run.told()

    def strike(self, one: Struck) -> None:
        """Let an accident happen at its moment, or when its card does not go on."""
        until(lambda: self.over or self.hands[one.lane].come_to(one.at), SETTLED_S)
        self._struck.append(one.accident)
        match one.accident:
            case Accident.PROCESS:
                assert self.run is not None
                self.run.kill()
            case Accident.SERVICE:
                self._service.kill()
            case Accident.READERS:
                self._service.unplug()
            case Accident.DRIVER:
                self._service.unplug(keep=1)

    def mend(self) -> None:
        """Put everything right again: readers first, for a run wants some at its start."""
        struck, self._struck = self._struck, []
        if Accident.SERVICE in struck:
            self._service.restart()
        elif Accident.READERS in struck or Accident.DRIVER in struck:
            self._service.plug()
        if Accident.PROCESS in struck:
            self.start(self._batch)
        for hand in self.hands:
            hand.stirred = time.monotonic()

    def settle(self) -> None:
        """Wait until every lane is done with its card; a slow one is not waited for longer."""
        until(self._settled, SETTLED_S)

    def _settled(self) -> bool:
        """Every hand is asked: what is to follow in one lane does not wait for another."""
        return self.over or list(map(Hand.settled, self.hands)).count(False) == 0

    def clear(self) -> None:
        """Take every card out."""
        for hand in self.hands:
            hand.again = []
            hand.slot.pull()
