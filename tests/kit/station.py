"""A whole station in a folder: real store, real chip, layout and keys on a virtual reader."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from cardstation.bootstrap.station import news_of
from cardstation.domain.batch import Batch, LineKind, ListRow, ManifestLine, Verdict
from cardstation.domain.household import Household
from cardstation.domain.ledger import Order
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Receipt
from cardstation.domain.tariff import DeskRules, Tariff, Tier
from cardstation.domain.topup import Step, TopUpRequest
from cardstation.domain.volume import Volume
from cardstation.ports.layout import Layout
from cardstation.ports.payment import Payment
from cardstation.services.identify import Inserted, insert_card
from cardstation.services.intent import ids
from cardstation.services.load_line import load_line
from cardstation.services.station import Station
from cardstation.services.top_up import top_up
from cardstation.store import Store
from drivers.chips import CHIPS
from drivers.keys import DemoCardKeys
from drivers.layouts import LAYOUTS
from drivers.layouts.open_tools import TOOL_LAYOUTS
from drivers.makers import MAKERS
from drivers.payments import PAYMENTS
from drivers.virtual import VirtualCard, VirtualReader
from drivers.virtual.maker import make_card
from drivers.virtual.meter import VirtualMeter
from tests.kit import cards
from tests.kit.desk import NoKey, StandingClock
from tests.kit.memory_ledger import MemoryLedger

RESIDENTIAL = Tariff(
    "residential",
    date(2026, 1, 1),
    (
        Tier(Volume.of_m3("390"), 28_000),
        Tier(Volume.of_m3("600"), 33_600),
        Tier(None, 42_000),
    ),
    None,
)
DESK_RULES = DeskRules(Volume.of_m3("1"), Volume.of_m3("800"), Money(1000), {})


def repeat_chance(seed: int = 7) -> random.Random:
    """From here on ids are the same in every run, and so are the bytes written to cards."""
    return go_on(random.Random(seed))


def go_on(chance: random.Random) -> random.Random:
    """From here on ids come out of this."""
    ids.randbits = chance.getrandbits  # type: ignore[assignment]
    return chance


def nobody(_step: Step) -> None: ...


@dataclass
class Desk:
    """A station, its reader, and what tests do with them."""

    station: Station
    reader: VirtualReader
    clock: StandingClock
    ledger: MemoryLedger
    steps: list[Step] = field(default_factory=list)

    def insert(self, card: VirtualCard) -> Inserted:
        """Put a card in (pulling what lies there) and identify it."""
        self.reader.pull()
        self.reader.insert(card)
        return self.identified()

    def identified(self) -> Inserted:
        presence = self.reader.wait_card(0)
        assert presence is not None
        return insert_card(self.station, self.reader, presence)

    def sell(self, card: VirtualCard, yuan: str = "100", **request: Any) -> Receipt:
        wanted = TopUpRequest(money=Money.of_yuan(yuan), **request)
        with ExitStack() as stack:
            inserted = self.insert(card)
            stack.callback(inserted.close)
            return top_up(self.station, inserted, wanted, self.steps.append)

    def load(self, batch_id: str, card: VirtualCard) -> Any:
        with ExitStack() as stack:
            inserted = self.insert(card)
            stack.callback(inserted.close)
            return load_line(self.station, batch_id, inserted, self.steps.append)

    def household(self, account_no: str = "220104000017") -> Household:
        with self.station.store.reading() as reading:
            found = reading.households.get(account_no)
        assert found is not None
        return found

    def states(self) -> list[str]:
        with self.station.store.reading() as reading:
            return [row.state.value for row in reading.topups.log()]

    def kinds(self) -> list[str]:
        with self.station.store.reading() as reading:
            return [stored.entry.kind.value for stored in reading.journal.every()]


def open_desk(
    home: Path,
    *,
    households: Sequence[Household] = (),
    store: type[Store] = Store,
    payments: tuple[Payment, ...] = PAYMENTS,
    ledger: MemoryLedger | None = None,
    clock: StandingClock | None = None,
    reader: VirtualReader | None = None,
    makers: tuple[MakerRules, ...] = MAKERS,
) -> Desk:
    """Open the folder's station; the directory is put in when the folder is new."""
    opened = store.open(home)
    with opened.unit() as unit:
        if unit.households.count() == 0:
            unit.households.put(list(households) or [cards.household()])
            unit.tariffs.replace((RESIDENTIAL,), DESK_RULES)
            unit.commit()
    clock = clock or StandingClock()
    ledger = ledger or MemoryLedger()
    station = Station(
        store=opened,
        chips=CHIPS,
        layouts=LAYOUTS,
        tool_layouts=TOOL_LAYOUTS,
        makers=makers,
        keys=DemoCardKeys(),
        device_key=NoKey(),
        clock=clock,
        ledger=ledger,
        name="S001",
        number=1,
        clerk="demo",
        company="示范燃气",
        training=True,
        payments=payments,
    )
    ledger.news = partial(news_of, station)
    return Desk(station, reader or VirtualReader(), clock, ledger)


def neighbours(count: int, kind: MeterKind = MeterKind.VOLUME) -> list[Household]:
    """Some households that differ in every number."""
    first = cards.household(kind)
    return [
        replace(
            first,
            account_no=f"22010400{n:04d}",
            card_no=f"8801302500{n:04d}",
            meter=replace(first.meter, meter_no=f"QM179960{n:04d}"),
            name=f"住户{n}",
            address=replace(first.address, room=str(100 + n)),
        )
        for n in range(1, count + 1)
    ]


def layout_of(rules: MakerRules) -> Layout:
    """The layout of a maker's cards."""
    return next(layout for layout in LAYOUTS if layout.code == rules.layout)


def card_of(household: Household, rules: MakerRules = MAKERS[0]) -> VirtualCard:
    return make_card(household, rules, layout_of(rules), DemoCardKeys())


def take(card: VirtualCard, rules: MakerRules = MAKERS[0]) -> Any:
    """Let the card's own meter take its load."""
    layout = layout_of(rules)
    return VirtualMeter.of_card(layout.decode(card.image), layout, rules.school).take(card)


def line(
    household: Household, row: int, *, yuan: str = "100", order: Order | None = None, **other: Any
) -> ManifestLine:
    """A ready line of a batch."""
    door = household.address.door
    values: dict[str, Any] = {
        "row": ListRow(
            row, household.account_no, household.name, door, household.card_no, yuan, ""
        ),
        "verdict": Verdict.READY,
        "kind": LineKind.SALE if order is None else LineKind.PREPAID,
        "account_no": household.account_no,
        "card_no": household.card_no,
        "name": household.name,
        "door": door,
        "money": Money.of_yuan(yuan) if order is None else None,
        "volume": None,
        "ground": "account_card_name",
        "reasons": (),
        "order_id": "" if order is None else order.order_id,
    }
    return ManifestLine(**{**values, **other})


def put_batch(
    desk: Desk,
    lines: Sequence[ManifestLine],
    batch_id: str = "2026-11-24-01",
    *,
    manager: str = "",
) -> str:
    """Store a batch as if it had been taken in."""
    now = desk.clock.now()
    batch = Batch(batch_id, "list", batch_id, now, None, None, tuple(lines), manager=manager)
    with desk.station.store.unit() as unit:
        unit.batches.add(batch)
        unit.commit()
    return batch_id


__all__ = [
    "Callable",
    "Desk",
    "NoKey",
    "Tender",
    "card_of",
    "line",
    "neighbours",
    "nobody",
    "open_desk",
    "put_batch",
    "repeat_chance",
    "take",
]
