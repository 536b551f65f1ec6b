"""What the window needs from the station, as one value of plain callables.

The composition root builds it from the services; tests build it from fakes. Everything here blocks
and is called on a lane, never in the window's thread. Errors are `CardStationError`s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cardstation.domain.batch import Batch, LineOutcome, ManifestLine, Whose
from cardstation.domain.card_report import CardReport
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.charge import Original
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.receipt import Receipt
from cardstation.domain.revision import Comparison
from cardstation.domain.shift import Approval, Clerk, Role, Shift, ShiftClose
from cardstation.domain.tariff import Quote, Tier
from cardstation.domain.topup import Step, TopUp, TopUpRequest
from cardstation.domain.trays import Tray
from cardstation.domain.volume import Volume
from cardstation.ports.reader import Presence
from cardstation.services.batch_list import ListedBatch
from cardstation.services.batch_state import BatchState
from cardstation.services.identify import Inserted
from cardstation.services.intent.cases import Case
from cardstation.services.intent.lost_card import MeterRead
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.intent.opened import OpenIntent
from cardstation.services.lists.entry import EntryState, KeyedRow
from cardstation.services.lists.reading import Heading, HouseholdList
from cardstation.services.look_at_line import LineDetail
from cardstation.services.read_card import CardFacts
from cardstation.services.resolve import Resolution
from cardstation.services.settle_dispute import Finding as Proven
from cardstation.services.shift_state import ShiftState
from cardstation.services.sync_state import SyncState
from cardstation.services.vouchers import Vouchers
from ui.account_services import AccountServices
from ui.bag_services import BagServices
from ui.counter_services import CounterServices
from ui.given_services import GivenServices
from ui.household_services import HouseholdServices
from ui.meter_services import MeterServices
from ui.money_services import MoneyServices
from ui.order_services import OrderServices
from ui.team_services import TeamServices
from ui.tool_services import ToolServices

Watch = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class ReaderStanding:
    """One reader: its own name, the dialect it is spoken to in, and whether that was chosen."""

    name: str
    dialect: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class PrinterStanding:
    """The printer in use; `name` is empty when papers only go to a folder."""

    name: str
    ready: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `doctor`."""

    name: str
    ok: bool
    found: str


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What the settings screen shows and changes.

    Attributes:
        scale: Per cent, 100–200; takes effect at the next start.
        pace_s: Training rack: seconds between two cards.
        folders: Name (a message id) and place of each folder.
    """

    language: str = "zh_CN"
    theme: str = "light"
    scale: int = 100
    sound: bool = True
    printer: str = ""
    pace_s: float = 0.0
    dialects: Mapping[str, str] | None = None
    printers: tuple[str, ...] = ()
    folders: tuple[tuple[str, Path], ...] = ()


@dataclass(frozen=True, slots=True)
class ShiftServices:
    """Clerks and their shifts; PINs go in and come out of nothing here.

    Attributes:
        open: Name, PIN, float, whether they sign for what one person alone closed over.
        close: PIN, count (None = the one that stands), who takes over and their PIN (both empty
            when nobody is there).
        add_clerk: Name, PIN, roles, and the supervisor who agreed (None for the first).
        approve: Name and PIN of the second person.
        come_forward: Name and PIN of the first, where no shift is open.
        vouchers: Who may confirm that a person gets a PIN.
        vouch: One of them does: name, PIN, and whose PIN it is.
    """

    state: Callable[[], ShiftState]
    open: Callable[[str, str, Money, bool], Shift]
    close: Callable[[str, Money | None, str, str], ShiftClose]
    add_clerk: Callable[[str, str, tuple[Role, ...], Approval | None], Clerk]
    approve: Callable[[str, str], Approval]
    come_forward: Callable[[str, str], Approval]
    vouchers: Callable[[str], Vouchers]
    vouch: Callable[[str, str, str], Approval]


@dataclass(frozen=True, slots=True)
class BackServices:
    """What gives gas or money back; each with a second person, but for a return not begun.

    Attributes:
        refund: Gives up the paid load of the card in the reader; `pay_out` returns the money.
        begin_pay_out: Puts on record that what is owed is about to be handed over; says whether
            it may be paid out already. Before anybody is told to hand it over.
        pay_out: What is owed, the second person, and what slip and till say of money that may be
            paid out already (else empty).
        paid_slip: Files and prints the slip of money that `pay_out` recorded.
        take_back: The load off the card in the reader; with a fitter's reading or "".
        withdraw: Ends a return that has not touched its card.
        dispute: Holds what a card that was read cannot tell; of a card that is gone with words why.
        settle: Ends a dispute by what both saw, in words, and what the meter counts.
    """

    refund: Callable[[Inserted, Approval], TopUp]
    begin_pay_out: Callable[[str], bool]
    pay_out: Callable[[str, Approval, str, Original | None], TopUp]
    paid_slip: Callable[[str], Path]
    take_back: Callable[[Inserted, Approval, str, Watch], TopUp]
    withdraw: Callable[[str], TopUp]
    dispute: Callable[[str, Approval, str], TopUp]
    settle: Callable[[str, Proven, str, Approval, MeterCount], TopUp]


@dataclass(frozen=True, slots=True)
class IssueServices:
    """New cards, and dead ones.

    Attributes:
        makers: Maker areas whose cards can be issued here.
        issue: Insertion, account and maker area ("" = as its card says, or the only one): a blank
            is issued, an opening card bound; no link to it may be open.
        print_slip: Files and prints the slip of that; returns the file.
        clear: Insertion, second person and why in words: a dead card becomes a blank again.
        lay_aside: Account, second person and why in words: a new card is gone or spoiled.
        give_up_clearing: The same of a card that was being cleared.
        reissue: Insertion, account, second person, why in words, maker area ("" = as is known),
            and what a fitter read: a blank becomes the card in the place of a lost one.
        cancel_reissue: Insertion, second person and why: the old one was found, the new one is
            made a blank.
        unblock: Card, second person and why: it is reported no more.
    """

    makers: tuple[str, ...]
    issue: Callable[[Presence, str, str, Watch], CardSlip]
    print_slip: Callable[[CardSlip], Path]
    clear: Callable[[Presence, Approval, str, Watch], CardSlip]
    lay_aside: Callable[[str, Approval, str], TopUp]
    give_up_clearing: Callable[[str, Approval, str], TopUp]
    reissue: Callable[[Presence, str, Approval, str, str, MeterRead | None, Watch], CardSlip]
    cancel_reissue: Callable[[Presence, Approval, str, Watch], CardSlip]
    unblock: Callable[[str, Approval, str], None]


@dataclass(frozen=True, slots=True)
class LaneServices:
    """The run of a batch, and what becomes of its cards.

    Attributes:
        runs: It was started, and neither paused nor finished since, by whomever.
        finish: Says whether it is over: no card is left, no outcome open.
        outcome: Of one line, by its place.
        check_envelope: Batch, line, envelope as scanned; another one is a `Refusal`, on record.
        route: Batch, tray, line (0 = none), card (empty = not readable), code of the stop.
        trays: Place → the tray that the stopped card of its line was laid into; 0 → B while cards
            on no line wait for somebody.
        put_in_envelope: Batch, line, number (empty = in none), and where cards were compared with
            the one it has, supervisor and why. Returns the line as it is now.
        release_amount: Batch, line, supervisor; returns the place of the line that counts now.
        allow_load: Batch, line, the meter's reading, who else saw it; its stopped card is loaded.
        require_scans: Batch; no card is loaded before its envelope was scanned.
        lift_scans: Batch, supervisor, why: it may be.
    """

    start: Callable[[str], None]
    pause: Callable[[str], None]
    finish: Callable[[str], bool]
    runs: Callable[[str], bool]
    outcome: Callable[[str, int], LineOutcome]
    check_envelope: Callable[[str, int, str], None]
    route: Callable[[str, Tray, int, str, str], None]
    trays: Callable[[str], Mapping[int, Tray]]
    put_in_envelope: Callable[[str, int, str, Approval | None, str], ManifestLine]
    require_scans: Callable[[str], None]
    lift_scans: Callable[[str, Approval, str], None]
    release_amount: Callable[[str, int, Approval], int]
    allow_load: Callable[[str, int, str, Approval], None]


@dataclass(frozen=True, slots=True)
class ListServices:
    """Lists: taken in, compared, decided row by row, made at the door.

    Attributes:
        take_in: File, whose it is, and what its headings hold as a person said.
        headings: File and manager: the columns, understood or not.
        paste: Chat text as a new batch.
        compare: A file or chat text beside a batch, and what the file's headings hold as a person
            said; gives the list and the comparison. revise: takes it and remembers them.
        look: One row in full, by its place.
        household: By account or card number. price: what money buys a household today.
        settle: Batch, place, account, money (None = the order paid online), who else agrees (an
            envelope pays for another household); the new place.
        leave_out: Batch, place, reason. reopen: takes a decision back; the new place.
        count: The typed rows, as a second person keyed them again.
        add_row: Batch, number, money (None = later), card in the reader or "".
    """

    take_in: Callable[[Path, Whose, Mapping[str, str]], Batch]
    headings: Callable[[Path, str], tuple[Heading, ...]]
    paste: Callable[[str, Whose], Batch]
    compare: Callable[[str, Path | str, Mapping[str, str]], tuple[HouseholdList, Comparison]]
    revise: Callable[[str, HouseholdList, Comparison, Mapping[str, str]], Comparison]
    look: Callable[[str, int], LineDetail]
    household: Callable[[str], Household]
    price: Callable[[Household, Money], tuple[Quote, tuple[Tier, ...]]]
    settle: Callable[[str, int, str, Money | None, Approval | None], int]
    leave_out: Callable[[str, int, str], None]
    reopen: Callable[[str, int], int]
    entry: Callable[[str], EntryState]
    count: Callable[[str, tuple[KeyedRow, ...], Approval], None]
    file: Callable[[str, Whose], Batch]
    begin_door: Callable[[str, Whose], Batch]
    add_row: Callable[[str, str, Money | None, str], int]


@dataclass(frozen=True, slots=True)
class DeskServices:
    """Everything the window can ask for.

    Attributes:
        wait_card: Blocks until a card lies in that reader; None when woken or after its own
            timeout.
        wait_removed: Blocks until that insertion is over; False when woken.
        wake: Ends every wait, from any thread.
        insert_card: Opens and identifies the card.
        resolve_card: Settles what is open on it, before anything else (R3).
        examine_card: Says what lies in a reader, known or not; no link to it may be open.
        print_examination: Files and prints that; returns the file.
        answer_payment: A human's answer to an open intent: was the money taken?
        quote: For the card in the reader; only its maker's rules are looked at, never the chip.
        exceptions: Everything that is open, worst first, each with the way to its end.
        batches: The latest first, at most a few dozen.
        load_line: One card of a batch, with the envelope that was scanned or ""; a stop is a
            `Refusal`.
        sync: Talks to the ledger. sync_state: asks nobody.
        handover: Makes, files and prints the sheet for the way back; returns the file.
        print_receipt: Files and prints a receipt; returns the file.
        save_settings: Keeps what the operator changed.
        rejoin: Compares a restored station with the ledger and lets it sell again; the second
            person, and the first where no shift is open.
        found: What was open when the desk opened, after recovery.
        now: Wall time, for ages.
    """

    station: str
    training: bool
    version: str
    wait_card: Callable[[str], Presence | None]
    wait_removed: Callable[[Presence], bool]
    wake: Callable[[], None]
    insert_card: Callable[[Presence], Inserted]
    resolve_card: Callable[[Inserted, Watch], Resolution]
    examine_card: Callable[[Presence], CardReport]
    print_examination: Callable[[CardReport], Path]
    answer_payment: Callable[[str, bool], None]
    read_card: Callable[[Inserted], CardFacts]
    quote: Callable[[Inserted, Household, Money | None, Volume | None], Quote]
    top_up: Callable[[Inserted, TopUpRequest, Watch], Receipt]
    batches: Callable[[], tuple[ListedBatch, ...]]
    batch_state: Callable[[str], BatchState]
    import_list: Callable[[Path], Batch]
    load_line: Callable[[str, Inserted, Watch, str], LineOutcome]
    print_receipt: Callable[[str], Path]
    handover: Callable[[str], Path]
    open_intents: Callable[[], tuple[OpenIntent, ...]]
    exceptions: Callable[[], tuple[Case, ...]]
    readers: Callable[[], tuple[ReaderStanding, ...]]
    printer: Callable[[], PrinterStanding]
    sync_state: Callable[[], SyncState]
    sync: Callable[[], SyncState]
    doctor: Callable[[], tuple[Finding, ...]]
    settings: DeskSettings
    save_settings: Callable[[DeskSettings], None]
    now: Callable[[], datetime]
    shifts: ShiftServices
    back: BackServices
    lanes: LaneServices
    money: MoneyServices
    lists: ListServices
    bag: BagServices
    orders: OrderServices
    teams: TeamServices
    issuing: IssueServices
    given: GivenServices
    meter: MeterServices
    tools: ToolServices
    accounts: AccountServices
    household: HouseholdServices
    counter: CounterServices
    rejoin: Callable[[Approval, Approval | None], SyncState]
    found: tuple[OpenIntent, ...] = ()
