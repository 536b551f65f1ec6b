"""What the window needs from the station, as one value of plain callables.

The composition root builds it from the services; tests build it from fakes. Everything here blocks
and is called on a lane, never in the window's thread. Errors are `CardStationError`s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cardstation.domain.batch import Batch, LineOutcome
from cardstation.domain.card import CardContent
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Receipt
from cardstation.domain.tariff import Quote, Tier
from cardstation.domain.topup import Step, TopUpRequest
from cardstation.domain.volume import Volume
from cardstation.ports.reader import Presence

Watch = Callable[[Step], None]


class CardInReader(Protocol):
    """An identified card in its reader; opaque to the window."""

    def close(self) -> None:
        """Power the card down and forget it. Never raises; may be called twice."""


@dataclass(frozen=True, slots=True)
class FactsOnCard:
    """What is known about the card in the reader.

    Attributes:
        tiers: The steps as they hold for this household; empty for money meters.
        warnings: Codes worth a look that stop nothing.
        stop: Code of why nothing may be sold, empty = may be sold.
        finished: Code of what was just resolved at this insertion, empty = nothing was open.
    """

    household: Household
    content: CardContent
    tiers: tuple[Tier, ...]
    warnings: tuple[str, ...] = ()
    stop: str = ""
    finished: str = ""


@dataclass(frozen=True, slots=True)
class BatchMoney:
    """The money of a batch.

    Attributes:
        expected: Price of all ready lines.
        received: Lump sums taken so far.
        funded: Price of the lines they paid for.
        loaded: Price of what stands on cards.
        remainder: Received, but not enough for another line.
    """

    expected: Money
    received: Money
    funded: Money
    loaded: Money
    remainder: Money


@dataclass(frozen=True, slots=True)
class BatchStanding:
    """A batch, what became of each line (in list order), and its money."""

    batch: Batch
    outcomes: tuple[LineOutcome, ...]
    money: BatchMoney


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something that is not finished and waits for a person.

    Attributes:
        code: Why, a code of the catalogue.
        owner: Who has to act: a clerk's name or `station`.
        batch_id, row: The line it belongs to; empty and 0 for a counter sale.
    """

    code: str
    values: Mapping[str, str | int | bool | None]
    account_no: str
    name: str
    door: str
    card_no: str
    money: Money | None
    since: datetime
    owner: str
    batch_id: str = ""
    row: int = 0


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
class LedgerStanding:
    """What has not reached the central ledger.

    Attributes:
        connected: The last try got an answer. configured: There is a ledger at all.
    """

    unsent: int
    oldest_min: int
    connected: bool
    configured: bool


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
class DeskServices:
    """Everything the window can ask for.

    Attributes:
        wait_card: Blocks until a card lies in a reader; None when woken or after its own timeout.
        wait_removed: Blocks until that insertion is over; False when woken.
        wake: Ends both waits, from any thread.
        insert_card: Opens and identifies the card.
        read_card: Resolves what is open on it, then says what is known (R3).
        line_of: Resolves what is open on the card, then says which line it belongs to.
        load_line: One card of a batch. Stops of both are `Refusal`s.
        handover: Makes, files and prints the sheet for the way back; returns the file.
        print_receipt: Files and prints a receipt; returns the file.
        open_items: Open intents and stopped lines.
        save_settings: Keeps what the operator changed.
        now: Wall time, for ages.
    """

    station: str
    clerk: str
    training: bool
    version: str
    wait_card: Callable[[], Presence | None]
    wait_removed: Callable[[Presence], bool]
    wake: Callable[[], None]
    insert_card: Callable[[Presence], CardInReader]
    read_card: Callable[[CardInReader], FactsOnCard]
    quote: Callable[[Household, Money | None, Volume | None], Quote]
    top_up: Callable[[CardInReader, TopUpRequest, Watch], Receipt]
    batches: Callable[[], tuple[BatchStanding, ...]]
    batch_state: Callable[[str], BatchStanding]
    import_list: Callable[[Path], Batch]
    pay_batch: Callable[[str, Tender, Money], BatchMoney]
    line_of: Callable[[str, CardInReader], LineOutcome]
    load_line: Callable[[str, CardInReader, Watch], LineOutcome]
    print_receipt: Callable[[str], Path]
    handover: Callable[[str], Path]
    open_items: Callable[[], tuple[OpenItem, ...]]
    readers: Callable[[], tuple[ReaderStanding, ...]]
    printer: Callable[[], PrinterStanding]
    ledger: Callable[[], LedgerStanding]
    doctor: Callable[[], tuple[Finding, ...]]
    settings: DeskSettings
    save_settings: Callable[[DeskSettings], None]
    now: Callable[[], datetime]
