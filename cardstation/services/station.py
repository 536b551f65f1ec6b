"""The station: everything a service may reach, given as its first argument."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.domain.offline_limit import OfflineLimit
from cardstation.domain.payment import Tender
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal, fail
from cardstation.ports.chip import ChipDriver
from cardstation.ports.clock import Clock
from cardstation.ports.feeds import Feeds
from cardstation.ports.keys import CardKeys, DeviceKey, PinHash
from cardstation.ports.layout import Layout
from cardstation.ports.ledger import Ledger
from cardstation.ports.payment import Payment
from cardstation.ports.tool_layout import ToolLayout
from cardstation.services.work import Work
from cardstation.store import Store


def _nobody() -> None:
    """Nobody waits for it."""


class NoPins:
    """A desk where nobody can be given a PIN: no clerk is ever added there."""

    def hash(self, pin: str) -> str:  # noqa: ARG002
        """A defect."""
        fail("this station keeps no PINs")

    def matches(self, kept: str, pin: str) -> bool:  # noqa: ARG002
        """Nobody is let in."""
        return False


@dataclass(frozen=True, slots=True)
class Station:
    """One desk with its records and its ports.

    Attributes:
        ledger: None = works offline.
        name: Name in the ledger and on papers, `S001`. number: the one on cards, 1–65535.
        clerk: Who acts while no shift is open (training).
        payments: Ways of paying this desk takes.
        pins: How the PINs of clerks are kept.
        offline_limit: Most that is sold before the ledger has heard of it.
        free_gas: Most that is granted without money before the ledger has heard of it.
        emergency: What a household gets at once where it has run out.
        work: Cards and money that are in hand at this moment.
        armed: Told after each armed commit, so that the ledger hears of it soon; returns at once.
        feeds: What the centre publishes; None = works without. synced: Told when the ledger has
            everything, so that feeds are followed and the board is told; returns at once.
        tool_layouts: Formats of the cards of fitters that this desk makes and reads.
    """

    store: Store
    chips: tuple[ChipDriver, ...]
    layouts: tuple[Layout, ...]
    makers: tuple[MakerRules, ...]
    keys: CardKeys
    device_key: DeviceKey
    clock: Clock
    ledger: Ledger | None
    name: str
    number: int
    clerk: str
    company: str
    training: bool
    payments: tuple[Payment, ...] = ()
    pins: PinHash = field(default_factory=NoPins)
    armed: Callable[[], None] = _nobody
    offline_limit: OfflineLimit = field(default_factory=OfflineLimit)
    free_gas: Volume = field(default_factory=lambda: Volume.of_m3("200"))
    emergency: Volume = field(default_factory=lambda: Volume.of_m3("10"))
    feeds: Feeds | None = None
    synced: Callable[[], None] = _nobody
    tool_layouts: tuple[ToolLayout, ...] = ()
    work: Work = field(default_factory=Work, compare=False, repr=False)

    @property
    def card_kinds(self) -> frozenset[tuple[str, MeterKind]]:
        """Chip and kind of meter of the cards this desk takes: with driver, layout and maker."""
        driven = {driver.name for driver in self.chips}
        chip_of = {one.code: one.chip for one in self.layouts if one.chip in driven}
        return frozenset(
            (chip_of[rules.layout], kind)
            for rules in self.makers
            if rules.layout in chip_of
            for kind in rules.kinds
        )

    def rules_of(self, maker: str) -> MakerRules:
        """The capability table of a maker code.

        Raises:
            Refusal: `no_maker_rules`.
        """
        for rules in self.makers:
            if rules.code == maker:
                return rules
        raise Refusal("no_maker_rules", maker=maker)

    def payment_by(self, tender: Tender) -> Payment:
        """The way of paying behind a tender.

        Raises:
            Refusal: `tender_unknown`.
        """
        for payment in self.payments:
            if payment.tender is tender:
                return payment
        raise Refusal("tender_unknown", tender=tender.value)
