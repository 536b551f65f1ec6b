"""A station made of samples: the window can be used and tested without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from cardstation.domain.batch import Batch, LineOutcome, LineState
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Receipt
from cardstation.domain.tariff import Quote
from cardstation.domain.topup import Step, TopUpRequest
from cardstation.domain.volume import Volume
from cardstation.errors import CardStationError, Refusal
from cardstation.ports.reader import Presence
from tests.kit import window_samples as samples
from ui.desk_services import (
    BatchMoney,
    BatchStanding,
    DeskServices,
    DeskSettings,
    FactsOnCard,
    Finding,
    LedgerStanding,
    OpenItem,
    PrinterStanding,
    ReaderStanding,
    Watch,
)

PRESENCE = Presence("ACS ACR39U ICC Reader 00 00", 1, b"\xa2\x13\x10\x91")


@dataclass
class FakeCard:
    """A card in the reader; `row` is its place in the batch."""

    facts: FactsOnCard
    row: int = 0
    closed: bool = False

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeStation:
    """Holds what the fakes answer; change a field to change the world."""

    card: FakeCard = field(default_factory=lambda: FakeCard(samples.facts()))
    standing: BatchStanding | None = None
    fails: dict[str, CardStationError] = field(default_factory=dict)
    during: Callable[[Step], None] = lambda _step: None
    calls: list[str] = field(default_factory=list)
    requests: list[TopUpRequest] = field(default_factory=list)
    items: tuple[OpenItem, ...] = ()
    ledger: LedgerStanding = field(
        default_factory=lambda: LedgerStanding(0, 0, connected=True, configured=True)
    )
    printer: PrinterStanding = field(default_factory=lambda: PrinterStanding("80 mm", ready=True))
    readers: tuple[ReaderStanding, ...] = (ReaderStanding(PRESENCE.reader, "acs", chosen=False),)
    settings: DeskSettings = field(default_factory=DeskSettings)
    saved: list[DeskSettings] = field(default_factory=list)
    waiting: list[Presence | None] = field(default_factory=list)

    def services(self) -> DeskServices:
        return DeskServices(
            station="S001",
            clerk="林晓燕",
            training=True,
            version="0.1.0",
            wait_card=lambda: self.waiting.pop(0) if self.waiting else None,
            wait_removed=lambda _presence: True,
            wake=lambda: None,
            insert_card=self._insert,
            read_card=lambda _card: self._say("read_card", self.card.facts),
            quote=self._quote,
            top_up=self._top_up,
            batches=lambda: (self.standing,) if self.standing else (),
            batch_state=self._batch_state,
            import_list=self._import,
            pay_batch=self._pay,
            line_of=self._line_of,
            load_line=self._load_line,
            print_receipt=lambda _number: self._say("print_receipt", Path("receipt.pdf")),
            handover=lambda _batch: self._say("handover", Path("sheet.pdf")),
            open_items=lambda: self.items,
            readers=lambda: self.readers,
            printer=lambda: self.printer,
            ledger=lambda: self.ledger,
            doctor=_findings,
            settings=self.settings,
            save_settings=self.saved.append,
            now=_now,
        )

    def _say(self, name: str, answer: object) -> object:  # the fakes' answers are typed by use
        self.calls.append(name)
        if name in self.fails:
            raise self.fails[name]
        return answer

    def _insert(self, _presence: Presence) -> FakeCard:
        self._say("insert_card", None)
        return self.card

    def _quote(self, home: Household, money: Money | None, volume: Volume | None) -> Quote:
        self._say("quote", None)
        return samples.quote(home, money, volume)

    def _top_up(self, _card: object, request: TopUpRequest, watch: Watch) -> Receipt:
        self.requests.append(request)
        self._walk(watch)
        self._say("top_up", None)
        assert request.agreed is not None
        return samples.receipt(request.agreed)

    def _walk(self, watch: Watch) -> None:
        for step in Step:
            watch(step)
            self.during(step)

    def _batch_state(self, _batch_id: str) -> BatchStanding:
        assert self.standing is not None
        return self.standing

    def _import(self, _path: Path) -> Batch:
        self._say("import_list", None)
        self.standing = samples.batch_standing(funded=False)
        return self.standing.batch

    def _pay(self, _batch_id: str, _tender: Tender, money: Money) -> BatchMoney:
        self._say("pay_batch", None)
        assert self.standing is not None
        paid = replace(self.standing.money, received=money, funded=money)
        found = samples.outcomes(self.standing.batch, funded=True)
        self.standing = BatchStanding(self.standing.batch, found, paid)
        return paid

    def _line_of(self, _batch_id: str, _card: object) -> LineOutcome:
        self._say("line_of", None)
        assert self.standing is not None
        return self.standing.outcomes[self.card.row]

    def _load_line(self, _batch_id: str, _card: object, watch: Watch) -> LineOutcome:
        self._walk(watch)
        self._say("load_line", None)
        assert self.standing is not None
        at = self.card.row
        found = self.standing.outcomes[at]
        if found.state is LineState.DONE:
            raise Refusal("line_already_done")
        done = replace(found, state=LineState.DONE, receipt_no=f"S001-2026-{at + 1:06d}")
        self.standing = replace(self.standing, outcomes=_with(self.standing.outcomes, at, done))
        return done


def _with(found: Iterable[LineOutcome], at: int, one: LineOutcome) -> tuple[LineOutcome, ...]:
    made = list(found)
    made[at] = one
    return tuple(made)


def _now() -> datetime:
    return samples.NOW


def _findings() -> tuple[Finding, ...]:
    return (
        Finding("store", ok=True, found="SQLite 3.53.0, WAL, FULL"),
        Finding("card service", ok=True, found="pcscd 1.9.9"),
        Finding("readers", ok=True, found="ACS ACR39U ICC Reader"),
        Finding("card keys", ok=True, found="demo keys (training)"),
        Finding("ledger", ok=False, found="no answer from 127.0.0.1"),
        Finding("fonts", ok=True, found="Noto Sans SC"),
    )
