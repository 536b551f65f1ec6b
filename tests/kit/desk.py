"""A station without readers or a ledger: a store, a standing clock, one maker, one chip."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from cardstation.domain.meter import CounterSchool, MakerRules
from cardstation.domain.volume import Volume
from cardstation.services.station import Station
from cardstation.store import Store

SAMPLES = Path(__file__).parents[1] / "samples"
SHANGHAI = timezone(timedelta(hours=8))
CS01 = MakerRules(
    code="CS01",
    layout="school",
    school=CounterSchool.EXACT,
    counter_max=65_535,
    volume_step=Volume.of_m3("1"),
    per_load_max=Volume.of_m3("800"),
    training=True,
)


@dataclass
class StandingClock:
    """A clock that moves only when told to."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI))

    def now(self) -> datetime:
        return self.at

    def monotonic_ns(self) -> int:
        return 0

    @property
    def boot_id(self) -> str:
        return "boot"


class NoKey:
    """Nothing is signed here."""

    def sign(self, message: bytes) -> bytes:  # noqa: ARG002
        return bytes(64)

    def ready(self) -> None: ...

    def verify(self, signature: bytes, message: bytes) -> bool:  # noqa: ARG002
        return signature == bytes(64)

    @property
    def public(self) -> bytes:
        return bytes(32)


@dataclass(frozen=True)
class NamedChip:
    """A chip driver as far as lists care: its name."""

    name: str = "sle4442"


@dataclass(frozen=True)
class NamedLayout:
    """A layout as far as lists care: whose cards of which chip it is for."""

    code: str = CS01.layout
    chip: str = NamedChip.name


def bare_desk(store: Store, clock: StandingClock | None = None) -> Station:
    """A station that can take in lists and quote, and nothing with cards."""
    chip: Any = NamedChip()
    layout: Any = NamedLayout()
    absent: Any = None
    return Station(
        store=store,
        chips=(chip,),
        layouts=(layout,),
        makers=(CS01,),
        keys=absent,
        device_key=NoKey(),
        clock=clock or StandingClock(),
        ledger=None,
        name="S001",
        number=1,
        clerk="demo",
        company="示范燃气",
        training=True,
    )
