"""A station of the world: real store, real services, real chips; only its ports are wrapped."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from cardstation.bootstrap.station import news_of
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.ports.payment import PaymentAnswer
from cardstation.services.identify import Inserted, insert_card
from cardstation.services.station import Station
from cardstation.store import Store
from drivers.chips import CHIPS
from drivers.keys import DemoCardKeys
from drivers.layouts import LAYOUTS
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard, VirtualReader
from tests.kit.shifts import PlainPins
from tests.kit.station import DESK_RULES, RESIDENTIAL, NoKey
from tests.sim.clock import StationClock, TrueTime
from tests.sim.network import HostileLedger
from tests.sim.power import Fuse, LinkUnderFuse, store_under
from tests.sim.town import Till
from tests.sim.watch import Watch


class _ReplyLost(Exception):
    """The money was taken; the answer never came."""


@dataclass
class Purse:
    """One way of paying at one desk; the money itself is the town's."""

    tender: Tender
    till: Till
    fuse: Fuse
    chance: Random
    desk: str

    def take(self, payment_id: str, money: Money, reference: str) -> PaymentAnswer:  # noqa: ARG002
        lost = _ReplyLost()
        try:
            with self.fuse.effect(lost):
                if self._declines(payment_id):
                    return PaymentAnswer.NOT_TAKEN
                if self.tender is Tender.CASH and payment_id not in self.till.taken:
                    self.till.cash[self.desk] += money.fen
                self.till.taken.setdefault(payment_id, money.fen)
        except _ReplyLost:
            return PaymentAnswer.UNKNOWN
        if self.tender is Tender.QR_CODE and self.chance.random() < 0.1:
            return PaymentAnswer.UNKNOWN
        return PaymentAnswer.TAKEN

    def query(self, payment_id: str) -> PaymentAnswer:
        if self.tender is not Tender.QR_CODE or self.chance.random() < 0.3:
            return PaymentAnswer.UNKNOWN
        self.till.declined.add(payment_id)
        taken = self.till.holds(payment_id)
        return PaymentAnswer.TAKEN if taken else PaymentAnswer.NOT_TAKEN

    def _declines(self, payment_id: str) -> bool:
        if payment_id in self.till.declined:
            return payment_id not in self.till.taken
        if self.tender is Tender.QR_CODE and self.chance.random() < 0.1:
            self.till.declined.add(payment_id)
            return True
        return False


@dataclass
class Backup:
    """A copy of a store as it once was, with and without the anchor beside it."""

    folder: Path
    watch: Watch


class Desk:
    """One station, switched on or off.

    Attributes:
        watch: What the oracle has seen in its store.
        fate: Why nothing is sold here any more (`restored`, `cloned`), empty = it may.
        has_clerks: Somebody was put on duty here.
    """

    def __init__(
        self, name: str, number: int, folder: Path, time: TrueTime, ledger: HostileLedger
    ) -> None:
        self.name, self.number, self.folder = name, number, folder
        self.key = folder.name
        self.clock = StationClock(time, self.key)
        self.ledger, self.fuse = ledger, ledger.fuse
        self.reader = VirtualReader(wrap=self._wrapped)
        self.watch = Watch(folder)
        self.backups: list[Backup] = []
        self.station: Station | None = None
        self.fate = ""
        self.rejoined = self.has_clerks = False
        self._kind = store_under(self.fuse)
        self._card: VirtualCard | None = None

    def ready(self, template: Path) -> None:
        """Whoever comes first finds the data folder every station begins with."""
        if not self.folder.exists():
            shutil.copytree(template, self.folder)

    def start(self, till: Till, chance: Random) -> Station:
        """Switch on."""
        self.clock.boot()
        tenders = (Tender.CASH, Tender.BANK_TRANSFER, Tender.QR_CODE)
        opened = self._kind.open(self.folder)
        self.station = Station(
            store=opened,
            chips=CHIPS,
            layouts=LAYOUTS,
            makers=MAKERS,
            keys=DemoCardKeys(),
            device_key=NoKey(),
            clock=self.clock,
            ledger=self.ledger,
            name=self.name,
            number=self.number,
            clerk="demo",
            company="示范燃气",
            training=True,
            pins=PlainPins(),
            payments=tuple(Purse(tender, till, self.fuse, chance, self.key) for tender in tenders),
        )
        self.ledger.news = partial(news_of, self.station)
        return self.station

    def die(self) -> None:
        """The power is gone: whatever was in memory is lost, the card lies there unpowered."""
        self.fuse.out()
        self.pull()
        if self.station is not None:
            self.station.store.close()
            self.station = None

    def insert(self, card: VirtualCard) -> Inserted:
        self.pull()
        self._card = card
        self.reader.insert(card)
        presence = self.reader.wait_card(0)
        assert presence is not None
        assert self.station is not None
        return insert_card(self.station, self.reader, presence)

    def pull(self) -> None:
        self.reader.pull()
        if self._card is not None:
            self._card.chip.arm(None)
            self._card = None

    def back_up(self, place: Path) -> None:
        """Copy the store as it lies there."""
        self.die()
        shutil.copytree(self.folder, place)
        self.backups.append(Backup(place, self.watch.copy()))

    def restore(self, backup: Backup, *, anchor_too: bool) -> Watch:
        """Put an old store back; returns what was known of the lost one."""
        self.die()
        lost = self.watch
        lost.close()
        for path in sorted(self.folder.iterdir()):
            if anchor_too or not path.name.startswith("anchor"):
                path.unlink()
        for path in sorted(backup.folder.iterdir()):
            if not (self.folder / path.name).exists():
                shutil.copy2(path, self.folder / path.name)
        self.watch = backup.watch.copy(self.folder)
        self.backups = [one for one in self.backups if one.watch.log <= self.watch.log]
        return lost

    def _wrapped(self, link: object) -> LinkUnderFuse:
        assert self._card is not None
        return LinkUnderFuse(link, self.fuse, self._card)  # type: ignore[arg-type]


def prepare(folder: Path, directory: list[Household]) -> None:
    """Make the data folder every station of a world begins with."""
    with Store.open(folder) as store, store.unit() as unit:
        unit.households.put(directory)
        unit.tariffs.replace((RESIDENTIAL,), DESK_RULES)
        unit.commit()


Count = Callable[[str], None]
