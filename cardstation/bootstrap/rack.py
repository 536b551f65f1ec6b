"""`training rack serve`: a private card service with virtual readers, and hands before them."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from cardstation.bootstrap.card_box import CardBox
from cardstation.bootstrap.rack_socket import Request, note_of, serve_requests
from cardstation.bootstrap.station import open_station
from cardstation.domain.batch import Verdict
from cardstation.errors import Refusal
from cardstation.services.station import Station
from cardstation.settings import Settings
from drivers.virtual.card import VirtualCard
from drivers.virtual.firmware import Firmware
from drivers.virtual.rack import Rack
from drivers.virtual.service import PrivateService
from drivers.virtual.tear import PullAfter, Tear
from drivers.virtual.true_time import TrueTime
from drivers.virtual.vpcd import VpcdSlot

READER = "Virtual PCD"
EXCHANGE_S, BYTE_S = 0.005, 8 / 50_000
"""True timing of a reader on USB: for each exchange, and for each byte at the chip's 50 kHz."""
LOOK_S = 0.4
"""How often the card service looks into a reader; into readers of true timing not all at once."""


def serve_rack(settings: Settings, wanted: Request) -> None:
    """Serve until interrupted or told to stop; prints one JSON line when ready.

    Raises:
        Refusal: `rack_already_serving`.
        Mishap: why no private card service can be had here.
    """
    if note_of(settings.home) is not None:
        raise Refusal("rack_already_serving")
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    names, count = reader_names(wanted)
    with open_station(settings, False) as station, PrivateService(names) as service:
        box = CardBox(station, settings.home)
        late_s = LOOK_S / count if wanted.get("timed") else 0.0
        ports = enumerate(service.ports[:count])
        slots = tuple(VpcdSlot(port=port, late_s=at * late_s) for at, port in ports)
        cards = cards_wanted(station, box, wanted)
        hands = Hands(box, slots, service, wanted, cards)
        note: Request = {"pcsc_socket": str(service.socket), "reader": READER}
        note["dialect"] = hands.dialect
        if wanted.get("feed"):
            hands.feed()
        print(json.dumps({**note, "cards": [path.stem for path in cards]}), flush=True)
        try:
            serve_requests(settings.home, note, hands.handle)
        except KeyboardInterrupt:
            pass
        finally:
            hands.withdraw()


def _interrupt() -> None:
    raise KeyboardInterrupt


def reader_names(wanted: Request) -> tuple[tuple[str, ...], int]:
    """Names for the card service, each good for two readers, and how many are fed."""
    asked = wanted.get("readers")
    count = asked if isinstance(asked, int) else 1
    more = tuple(f"{READER} {no}" for no in range(2, (count + 1) // 2 + 1))
    return (READER, *more), count


def cards_wanted(station: Station, box: CardBox, wanted: Request) -> list[Path]:
    """The cards a rack starts with: those of a batch's ready lines, or of named households."""
    accounts = [str(one) for one in _list(wanted.get("accounts"))]
    batch_id = str(wanted.get("batch") or "")
    if batch_id:
        with station.store.reading() as reading:
            batch = reading.batches.get(batch_id)
        if batch is None:
            raise Refusal("unknown_batch", batch_id=batch_id)
        accounts += [line.account_no for line in batch.lines if line.verdict is Verdict.READY]
    return [box.make(box.household(account)) for account in accounts]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _seconds(wanted: Request, name: str, otherwise: float) -> float:
    given = wanted.get(name)
    return float(given) if isinstance(given, int | float) else otherwise


class Bag:
    """Cards that several hands reach into; each gets the next."""

    def __init__(self, cards: Iterator[Firmware]) -> None:
        self._cards, self._turn = cards, threading.Lock()

    def __iter__(self) -> Iterator[Firmware]:
        return self

    def __next__(self) -> Firmware:
        """The next card."""
        with self._turn:
            return next(self._cards)


class Hands:
    """What a clerk's hands do with the rack, one request at a time."""

    patience_s = 0.6

    def __init__(
        self,
        box: CardBox,
        slots: tuple[VpcdSlot, ...],
        service: PrivateService,
        wanted: Request,
        cards: Iterable[Path],
    ) -> None:
        self.box, self.slots, self.service = box, slots, service
        self._bag = Bag(self.firmware(box.take(path.stem)) for path in cards)
        self._pace_s = _seconds(wanted, "pace_s", 0.2)
        self._feeds: list[Rack] = []
        self.dialect = str(wanted.get("dialect") or "acs")
        self._timed = bool(wanted.get("timed"))
        self._inside = [""] * len(slots)
        self._handled: list[Firmware] = []

    def feed(self, apart_s: float = 0.0) -> None:
        """A pair of hands before every reader, all out of one bag; each begins after another."""
        for at, slot in enumerate(self.slots):
            own = Rack(
                slot,
                self._bag,
                self._pace_s,
                first_after_s=at * apart_s,
                may_remove=partial(self.quiet, slot),
            )
            self._feeds.append(own)
            own.start()

    def withdraw(self) -> None:
        """Feed no more, and leave no card in a reader."""
        for feed in self._feeds:
            feed.stop()
        for slot in self.slots:
            slot.pull()

    def quiet(self, slot: VpcdSlot) -> bool:
        """Nobody has spoken to the card for a while: its lane is done with it."""
        return slot.spoken_to and slot.quiet_s > self.patience_s

    def firmware(self, card: VirtualCard) -> Firmware:
        """A card behind the firmware of the rack's reader."""
        made = Firmware(card, self.dialect)
        if self._timed:
            made.true_time = card.chip.sleep = TrueTime()
            made.exchange_s, made.byte_s = EXCHANGE_S, BYTE_S
        self._handled.append(made)
        return made

    def handle(self, request: Request) -> Request:
        """Do one thing and say what is so now.

        Raises:
            StopIteration: asked to stop.
            Refusal: `reader_not_empty`, `bad_request`, `unknown_household`.
        """
        match request.get("do"):
            case "insert":
                self._insert(request)
            case "pull":
                at = self._slot(request)
                self.slots[at].pull()
                self._inside[at] = ""
            case "feed":
                self.feed(_seconds(request, "apart_s", 0.0))
            case "make":
                path = self.box.make(self.box.household(str(request.get("account"))))
                return {**self._standing(), "card": path.stem}
            case "blank":
                path = self.box.blank(str(request.get("name")), str(request.get("chip")))
                return {**self._standing(), "card": path.stem}
            case "copy":
                self.box.copy(str(request.get("card")), str(request.get("name")))
            case "list":
                spent = [(one.card.chip.chip_time_s, one.reader_time_s) for one in self._handled]
                chip_s = sum(map(sum, spent))
                return {**self._standing(), "cards": list(self.box.names()), "chip_s": chip_s}
            case "kill-service":
                self.service.kill()
            case "restart-service":
                self.service.restart()
            case "stop":
                raise StopIteration
            case other:
                raise Refusal("bad_request", given=str(other))
        return self._standing()

    def _insert(self, request: Request) -> None:
        at = self._slot(request)
        slot = self.slots[at]
        if slot.occupied:
            raise Refusal("reader_not_empty", card=self._inside[at])
        slot.pull()
        name = str(request.get("card"))
        card = self.box.take(name)
        after, step = request.get("pull_after"), request.get("pull_step")
        seed = request.get("seed")
        if isinstance(after, int):
            card.chip.arm(PullAfter(after))
        elif isinstance(step, int):
            card.chip.arm(Tear(step, seed=seed if isinstance(seed, int) else 0))
        slot.insert(self.firmware(card))
        self._inside[at] = name

    def _slot(self, request: Request) -> int:
        """Which of the readers is meant; they are counted from 1."""
        number = request.get("slot", 1)
        if not isinstance(number, int) or not 1 <= number <= len(self.slots):
            raise Refusal("bad_request", given=f"reader {number}")
        return number - 1

    def _standing(self) -> Request:
        inside = [
            name if slot.occupied else ""
            for name, slot in zip(self._inside, self.slots, strict=True)
        ]
        more = {"in_readers": list[object](inside)} if len(inside) > 1 else {}
        noticed = [slot.noticed for slot in self.slots]
        return {"in_reader": inside[0], "noticed": list[object](noticed), **more}
