"""A station made of samples: the window can be used and tested without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar, cast

from cardstation.domain.batch import Batch, LineOutcome, LineState
from cardstation.domain.card import CardContent
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.guides import IN_DOUBT
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Receipt
from cardstation.domain.shift import Approval
from cardstation.domain.tariff import Quote
from cardstation.domain.topup import Step, TopUp, TopUpRequest
from cardstation.domain.trays import Tray
from cardstation.domain.volume import Volume
from cardstation.errors import CardStationError, Refusal
from cardstation.ports.reader import Presence
from cardstation.services.batch_list import ListedBatch
from cardstation.services.batch_state import BatchMoney, BatchState
from cardstation.services.identify import Inserted
from cardstation.services.intent.cases import Case
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.intent.opened import OpenIntent
from cardstation.services.load_line import ensure_own_envelope
from cardstation.services.read_card import CardFacts
from cardstation.services.resolve import Outcome, Resolution
from cardstation.services.settle_dispute import Finding as Proven
from cardstation.services.sync_state import SyncState
from tests.kit import window_samples as samples
from tests.kit.card_reports import card_reports
from tests.kit.card_slips import CARD_SLIPS
from tests.kit.window_accounts import account_services
from tests.kit.window_bag import FakeBag
from tests.kit.window_cases import exceptions_of
from tests.kit.window_counter import FakeCounter
from tests.kit.window_fake_lanes import lane_services
from tests.kit.window_given import given_services
from tests.kit.window_household import FakeHouseholds
from tests.kit.window_meter import meter_services
from tests.kit.window_money import FakeMoney
from tests.kit.window_no_lists import no_lists
from tests.kit.window_orders import FakeOrders
from tests.kit.window_people import FakeShifts
from tests.kit.window_teams import FakeTeams
from tests.kit.window_tools import tool_services
from ui.desk_services import (
    BackServices,
    DeskServices,
    DeskSettings,
    Finding,
    IssueServices,
    PrinterStanding,
    ReaderStanding,
    Watch,
)

T = TypeVar("T")
OWED_BACK = Money(30_000)
PRESENCE = Presence("ACS ACR39U ICC Reader 00 00", 1, b"\xa2\x13\x10\x91")


@dataclass
class FakeCard:
    """A card in the reader; `row` is its place in the batch."""

    facts: CardFacts
    row: int = 0
    closed: bool = False

    @property
    def content(self) -> CardContent:
        return self.facts.content

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeReturn:
    """As much of a return as the window looks at."""

    money: Money

    @property
    def is_given(self) -> bool:
        return not self.money


@dataclass
class FakeStation:
    """Holds what the fakes answer; change a field to change the world."""

    card: FakeCard = field(default_factory=lambda: FakeCard(samples.facts()))
    standing: BatchState | None = None
    fails: dict[str, CardStationError] = field(default_factory=dict)
    during: Callable[[Step], None] = lambda _step: None
    calls: list[str] = field(default_factory=list)
    requests: list[TopUpRequest] = field(default_factory=list)
    open: tuple[OpenIntent, ...] = ()
    resolution: Resolution = field(default_factory=lambda: Resolution(Outcome.NOTHING))
    answers: list[tuple[str, bool]] = field(default_factory=list)
    synced: SyncState = field(default_factory=lambda: SyncState(0, 0, 12, "", (), configured=True))
    printer: PrinterStanding = field(default_factory=lambda: PrinterStanding("80 mm", ready=True))
    readers: tuple[ReaderStanding, ...] = (ReaderStanding(PRESENCE.reader, "acs", chosen=False),)
    settings: DeskSettings = field(default_factory=DeskSettings)
    saved: list[DeskSettings] = field(default_factory=list)
    waiting: list[Presence | None] = field(default_factory=list)
    people: FakeShifts = field(default_factory=FakeShifts)
    money: FakeMoney = field(default_factory=FakeMoney)
    backs: list[tuple[str, str, str]] = field(default_factory=list)
    found: tuple[OpenIntent, ...] = ()
    cases: tuple[Case, ...] = ()
    runs: bool = True
    bag: FakeBag = field(default_factory=FakeBag)
    teams: FakeTeams = field(default_factory=FakeTeams)
    keeps: Refusal | None = None
    orders: FakeOrders = field(default_factory=FakeOrders)
    routed: list[tuple[Tray, int, str, str]] = field(default_factory=list)
    cards: dict[str, FakeCard] = field(default_factory=dict)
    examined: str = "strange"
    issued: list[tuple[str, str]] = field(default_factory=list)
    owes: Money = OWED_BACK
    counter: FakeCounter = field(default_factory=FakeCounter)
    households: FakeHouseholds = field(default_factory=FakeHouseholds)

    def services(self) -> DeskServices:
        return DeskServices(
            station="S001",
            training=True,
            version="0.1.0",
            wait_card=lambda _reader: self.waiting.pop(0) if self.waiting else None,
            wait_removed=lambda _presence: True,
            wake=lambda: None,
            insert_card=self._insert,
            resolve_card=self._resolve,
            examine_card=lambda _presence: self._say("examine_card", card_reports()[self.examined]),
            print_examination=lambda _report: self._say("print_examination", Path("card.pdf")),
            answer_payment=self._answer,
            read_card=lambda _card: self._say("read_card", self.card.facts),
            quote=self._quote,
            top_up=self._top_up,
            batches=lambda: (ListedBatch(self.standing, self.keeps),) if self.standing else (),
            batch_state=self._batch_state,
            import_list=self._import,
            load_line=self._load_line,
            print_receipt=lambda _number: self._say("print_receipt", Path("receipt.pdf")),
            handover=lambda _batch: self._say("handover", Path("sheet.pdf")),
            open_intents=lambda: self.open,
            exceptions=lambda: self._say("exceptions", exceptions_of(self)),
            readers=lambda: self.readers,
            printer=lambda: self.printer,
            sync_state=lambda: self.synced,
            sync=lambda: self._say("sync", self.synced),
            doctor=_findings,
            settings=self.settings,
            save_settings=self.saved.append,
            now=_now,
            lists=no_lists(),
            rejoin=self._rejoin,
            shifts=self.people.services(),
            back=BackServices(
                refund=lambda _card, by: self._back("refund", by),
                begin_pay_out=self._begin_pay_out,
                pay_out=self._pay_out,
                paid_slip=lambda _key: self._say("paid_slip", Path("refund.pdf")),
                take_back=self._take_back,
                withdraw=lambda key: self._back("withdraw", None, key),
                dispute=lambda key, by, lost: self._back("dispute", by, f"{key} {lost}".strip()),
                settle=self._settle,
            ),
            money=self.money.services(self),
            lanes=lane_services(self),
            bag=self.bag.services(self),
            orders=self.orders.services(self),
            teams=self.teams.services(self),
            issuing=self._issuing(),
            given=given_services(self),
            meter=meter_services(self),
            tools=tool_services(self),
            accounts=account_services(self),
            household=self.households.services(self),
            counter=self.counter.services(self),
            found=self.found,
        )

    def _settle(
        self, key: str, found: Proven, proof: str, by: Approval, meter: MeterCount
    ) -> TopUp:
        return self._back("settle", by, f"{key} {found} {proof} {meter.purchases or ''}".strip())

    def _issuing(self) -> IssueServices:
        return IssueServices(
            ("CS01", "CS02"),
            lambda _presence, account, maker, _watch: self._issue(account, maker),
            lambda _slip: self._say("print_card_slip", Path("slip.pdf")),
            lambda _presence, by, why, _watch: self._clear(by, why),
            lambda account, by, why: self._back("lay_aside", by, f"{account} {why}"),
            lambda account, by, why: self._back("give_up_clearing", by, f"{account} {why}"),
            self._reissue,
            lambda _presence, by, why, _watch: self._cancel(by, why),
            self._unblock,
        )

    def _pay_out(self, key: str, by: Approval, *said: str | None) -> TopUp:
        return self._back("pay_out", by, " ".join(filter(None, (key, *said))))

    def _unblock(self, card_no: str, by: Approval, why: str) -> None:
        self.backs.append(("unblock_card", by.name, f"{card_no} {why}"))
        self._say("unblock_card", None)

    def _reissue(self, _at: object, account: str, by: Approval, *said: object) -> CardSlip:
        self.backs.append(("reissue", by.name, f"{account} {said[0]} {said[1]}"))
        self.fails.pop("insert_card", None)
        return self._say("reissue_card", CARD_SLIPS["reissue"])

    def _cancel(self, by: Approval, why: str) -> CardSlip:
        self.backs.append(("cancel_reissue", by.name, why))
        return self._say("cancel_reissue", CARD_SLIPS["clear"])

    def _issue(self, account_no: str, maker: str) -> CardSlip:
        self.issued.append((account_no, maker))
        self.fails.pop("insert_card", None)
        return self._say("issue_card", CARD_SLIPS["bind" if maker == "CS01" else "issue"])

    def _clear(self, by: Approval, why: str) -> CardSlip:
        self.backs.append(("clear", by.name, why))
        return self._say("clear_card", CARD_SLIPS["clear"])

    def _say(self, name: str, answer: T) -> T:
        self.calls.append(name)
        if name in self.fails:
            raise self.fails[name]
        return answer

    def _insert(self, presence: Presence) -> Inserted:
        self._say("insert_card", None)
        return cast("Inserted", self.cards.get(presence.reader, self.card))

    def _resolve(self, _card: Inserted, watch: Watch) -> Resolution:
        self._say("resolve_card", None)
        if self.resolution.receipt is not None:
            self._walk(watch)
        return self.resolution

    def _answer(self, intent_id: str, taken: bool) -> None:
        self.answers.append((intent_id, taken))
        self.resolution = Resolution(Outcome.NOTHING)

    def _quote(
        self, _card: Inserted, home: Household, money: Money | None, volume: Volume | None
    ) -> Quote:
        self._say("quote", None)
        return samples.quote(home, money, volume)

    def _top_up(self, _card: object, request: TopUpRequest, watch: Watch) -> Receipt:
        self.requests.append(request)
        self._walk(watch)
        self._say("top_up", None)
        assert request.agreed is not None
        self.card.facts = samples.loaded(self.card.facts, request.agreed)
        return samples.receipt(request.agreed)

    def _back(self, what: str, by: Approval | None, key: str = "") -> TopUp:
        self.backs.append((what, by.name if by else "", key))
        self._say(what, None)
        return cast("TopUp", FakeReturn(self.owes))

    def _begin_pay_out(self, key: str) -> bool:
        self._say("begin_pay_out", None)
        return any((one.intent_id, one.code) == (key, IN_DOUBT) for one in self.open)

    def _take_back(self, _card: object, by: Approval, reading: str, watch: Watch) -> TopUp:
        self._walk(watch)
        made = self._back("take_back", by, reading)
        self.card.facts = samples.taken_back(self.card.facts)
        return made

    def _rejoin(self, by: Approval, first: Approval | None) -> SyncState:
        self.backs.append(("rejoin", by.name, first.name if first else ""))
        self._say("rejoin", None)
        self.synced = replace(self.synced, verdict="")
        return self.synced

    def _walk(self, watch: Watch) -> None:
        for step in Step:
            watch(step)
            self.during(step)

    def _batch_state(self, _batch_id: str) -> BatchState:
        assert self.standing is not None
        return replace(self.standing, quote=self.standing.quote or self.money.quote)

    def _import(self, _path: Path) -> Batch:
        self._say("import_list", None)
        self.standing = samples.batch_standing(funded=False)
        return self.standing.batch

    def take_money(self, _batch_id: str, _tender: Tender, money: Money, _ref: str) -> BatchMoney:
        self._say("pay_batch", None)
        assert self.standing is not None
        paid = replace(self.standing.money, received=money, funded=money)
        found = samples.outcomes(self.standing.batch, funded=True)
        self.standing = replace(self.standing, outcomes=found, money=paid)
        return paid

    def _load_line(
        self, _batch_id: str, card: Inserted, watch: Watch, envelope: str
    ) -> LineOutcome:
        at = cast("FakeCard", card).row
        self._walk(watch)
        self._say("load_line", None)
        assert self.standing is not None
        ensure_own_envelope(self.standing.batch, at + 1, envelope)
        found = self.standing.outcomes[at]
        if found.state is LineState.DONE:
            raise Refusal("line_already_done")
        done = replace(found, state=LineState.DONE, reason="", receipt_no=f"S001-2026-{at + 1:06d}")
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
        Finding("version", ok=True, found="0.1.0, Python 3.11.7"),
        Finding("home", ok=True, found="/home/clerk/.local/share/cardstation"),
        Finding("disk", ok=True, found="41200 MB"),
        Finding("store", ok=True, found="1200 households"),
        Finding("readers", ok=True, found="ACS ACR39U ICC Reader"),
        Finding("ledger", ok=False, found="ledger_unreachable"),
    )
