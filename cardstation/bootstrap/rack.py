"""`training rack serve`: a private card service with a virtual reader, and the hands before it."""

from __future__ import annotations

import json
import signal
import time
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
from drivers.virtual.vpcd import VpcdSlot

READER = "Virtual PCD"


def serve_rack(settings: Settings, wanted: Request) -> None:
    """Serve until interrupted or told to stop; prints one JSON line when ready.

    Raises:
        Refusal: `rack_already_serving`.
        Mishap: why no private card service can be had here.
    """
    if note_of(settings.home) is not None:
        raise Refusal("rack_already_serving")
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    with open_station(settings, False) as station, PrivateService((READER,)) as service:
        box = CardBox(station, settings.home)
        slot = VpcdSlot(port=service.ports[0])
        hands = Hands(box, slot, service, wanted)
        cards = cards_wanted(station, box, wanted)
        note: Request = {"pcsc_socket": str(service.socket), "reader": READER}
        note["dialect"] = hands.dialect
        feed = _feed(hands, cards, wanted) if wanted.get("feed") else None
        print(json.dumps({**note, "cards": [path.stem for path in cards]}), flush=True)
        try:
            serve_requests(settings.home, note, hands.handle)
        except KeyboardInterrupt:
            pass
        finally:
            if feed is not None:
                feed.stop()
            slot.pull()


def _interrupt() -> None:
    raise KeyboardInterrupt


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


def _feed(hands: Hands, cards: list[Path], wanted: Request) -> Rack:
    pace = wanted.get("pace_s")
    rack = Rack(
        hands.slot,
        (hands.firmware(hands.box.take(path.stem)) for path in cards),
        float(pace) if isinstance(pace, int | float) else 0.2,
        may_remove=lambda: hands.slot.spoken_to and hands.slot.quiet_s > hands.patience_s,
    )
    rack.start()
    return rack


class Hands:
    """What a clerk's hands do with the rack, one request at a time."""

    patience_s = 0.6

    def __init__(
        self, box: CardBox, slot: VpcdSlot, service: PrivateService, wanted: Request
    ) -> None:
        self.box, self.slot, self.service = box, slot, service
        self.dialect = str(wanted.get("dialect") or "acs")
        self._sleep = time.sleep if wanted.get("timed") else None
        self._inside = ""

    def firmware(self, card: VirtualCard) -> Firmware:
        """A card behind the firmware of the rack's reader."""
        card.chip.sleep = self._sleep
        return Firmware(card, self.dialect)

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
                self.slot.pull()
                self._inside = ""
            case "make":
                path = self.box.make(self.box.household(str(request.get("account"))))
                return {**self._standing(), "card": path.stem}
            case "copy":
                self.box.copy(str(request.get("card")), str(request.get("name")))
            case "list":
                return {**self._standing(), "cards": list(self.box.names())}
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
        if self.slot.occupied:
            raise Refusal("reader_not_empty", card=self._inside)
        self.slot.pull()
        name = str(request.get("card"))
        card = self.box.take(name)
        after, step = request.get("pull_after"), request.get("pull_step")
        seed = request.get("seed")
        if isinstance(after, int):
            card.chip.arm(PullAfter(after))
        elif isinstance(step, int):
            card.chip.arm(Tear(step, seed=seed if isinstance(seed, int) else 0))
        self.slot.insert(self.firmware(card))
        self._inside = name

    def _standing(self) -> Request:
        return {"in_reader": self._inside if self.slot.occupied else ""}
