"""What the command line needs from the composition root: one door per room it may enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cardstation.domain.bag_papers import OfBag
from cardstation.domain.card_report import CardReport
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.closing import ClosingSlip
from cardstation.domain.desk_form import DeskForm
from cardstation.domain.meter_change import MeterChangeSlip
from cardstation.domain.quotation import BatchQuote
from cardstation.domain.refund_slip import RefundSlip
from cardstation.domain.shift import Approval
from cardstation.domain.tool_slip import ToolSlip
from cardstation.domain.triage_list import TriageList
from cardstation.ports.ledger import LedgerHead
from cardstation.ports.reader import Presence, Reader
from cardstation.services.station import Station
from cardstation.settings import Settings

Agree = Callable[[Station], Approval | None]
"""Asks for a supervisor's approval at an open station; None when nobody was named."""


class Readers(Protocol):
    """The readers of this desk, watched."""

    def readers(self) -> tuple[Reader, ...]:
        """Every reader plugged in now."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `doctor`: what was looked at, whether it is well, what was found."""

    name: str
    ok: bool
    found: str


@dataclass(frozen=True, slots=True)
class Clue:
    """One line of `layout learn`: where, what stood there on each card, what it may be."""

    address: str
    seen: tuple[str, ...]
    guess: str


@dataclass(frozen=True, slots=True)
class LayoutListed:
    """One line of `layout list`.

    Attributes:
        sha256: Of its registered sheet, empty for our own.
        traps: What to know of the cards of its makers, in words.
    """

    code: str
    chip: str
    makers: tuple[str, ...]
    sha256: str
    traps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doors:
    """Everything behind the command line, opened on demand.

    Attributes:
        station: Opens the station; the flag says whether to take the writer's lock.
        readers: Opens the card readers.
        doctor: Looks at everything the station needs.
        default_tariffs: The bundled demo tariffs.
        receipts: Files the receipts of a batch. receipt: files one receipt or loading slip, again
            if it was filed before, and why. sheet: files the sheet for the way back.
        quote, acknowledgement, refunds: File the papers of a batch's money.
        bag_paper: Files a paper of a bag. print_return: prints all that goes back with it.
        examine: Says what lies in a reader, known or not. card_report: files that as a paper.
        card_slip: Files the slip of a card that was issued or bound. meter_change: files the form
            of a change of meter.
        closing_slip: Files the settlement of a closed account; True = again. refund_slip: Files
            that of money that was paid out. desk_form: Files a form that two people sign.
            tool_slip: Files the slip of a tool card.
        triage: Files the triage list of a community, as a paper and as a table.
        purge: Purges the batches whose time is up. forget_papers: removes their filed papers.
        enrol: Enrols the station at a ledger's address with a code, and keeps the address; True
            takes its key in the place of another.
        master_secret: Keeps a secret (None = only looks) and says where it is: `keyring`, `file`
            or empty for none.
        purse_secret: Keeps a master of purses or the PIN of their token, and says where.
        layout_secret: Keeps a key of a card layout, and says where.
        device_key: Wraps the station's own key by a passphrase (None = only looks) and says where
            it is: `keyring`, `passphrase`, `plain` or empty for none.
        rack: Serves virtual cards onto the real card stack until interrupted.
        rack_call: Sends one request to a serving rack and returns its answer.
        meter: Lets a virtual meter take a card.
        check_layout: Proves a layout's sheet on its own examples.
        register_layout: Proves a sheet and takes it in if everything holds. list_layouts: all of
            the station. remove_layout: takes a sheet out again. Both ask for what a supervisor
            says of it.
        learn_layout: Compares images of one card, with what was bought in between.
        clock: Shifts the wall clock of this data folder, in seconds, and returns the new time.
    """

    station: Callable[[Settings, bool], AbstractContextManager[Station]]
    readers: Callable[[Settings], AbstractContextManager[Readers]]
    doctor: Callable[[Settings], tuple[Check, ...]]
    default_tariffs: Path
    receipts: Callable[[Station, str, Settings], tuple[Path, ...]]
    receipt: Callable[[Station, str, Settings, Path | None, str], tuple[Path, ...]]
    sheet: Callable[[Station, str, Settings, Path | None], Path]
    quote: Callable[[BatchQuote, Settings, Path | None], Path]
    acknowledgement: Callable[[Station, str, Settings, Path | None], Path]
    refunds: Callable[[Station, str, Settings, Path | None], Path]
    bag_paper: Callable[[OfBag, Settings, Path | None], Path]
    print_return: Callable[
        [Station, str, Settings, bool, str, Callable[[int, int], None]], tuple[Path, ...]
    ]
    examine: Callable[[Station, Reader, Presence], CardReport]
    card_report: Callable[[CardReport, Settings, Path], Path]
    card_slip: Callable[[CardSlip, Settings], Path]
    meter_change: Callable[[MeterChangeSlip, Settings], Path]
    closing_slip: Callable[[ClosingSlip, Settings, bool], Path]
    refund_slip: Callable[[RefundSlip, Settings], Path]
    desk_form: Callable[[DeskForm, Settings], Path]
    tool_slip: Callable[[ToolSlip, Settings], Path]
    triage: Callable[[TriageList, Settings, Path], tuple[Path, ...]]
    purge: Callable[[Station, Settings], tuple[str, ...]]
    forget_papers: Callable[[Settings, tuple[str, ...]], None]
    enrol: Callable[[Settings, str, str, bool], LedgerHead]
    master_secret: Callable[[Settings, bytes | None], str]
    purse_secret: Callable[[Settings, str, bytes], str]
    layout_secret: Callable[[Settings, str, str, bytes], str]
    device_key: Callable[[Settings, bytes | None], str]
    rack: Callable[[Settings, dict[str, object]], None]
    rack_call: Callable[[Settings, dict[str, object]], dict[str, object]]
    meter: Callable[[Settings, dict[str, object]], dict[str, object]]
    check_layout: Callable[[Settings, Path], tuple[Check, ...]]
    register_layout: Callable[[Settings, Path, Agree], tuple[Check, ...]]
    list_layouts: Callable[[Settings], tuple[LayoutListed, ...]]
    remove_layout: Callable[[Settings, str, Agree], None]
    learn_layout: Callable[[Sequence[Path], Sequence[str]], tuple[Clue, ...]]
    clock: Callable[[Settings, int | None], str]
