"""Files the papers of a bag, prints a whole return, and forgets what a purge must not leave."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from cardstation.bootstrap.papers import (
    write_desk_copy,
    write_receipt,
    write_refund_part,
    write_sheet,
)
from cardstation.domain.bag_papers import (
    BagLabel,
    CustodySlip,
    ManagerSheet,
    NotDoneList,
    OfBag,
    ReceiptStrips,
)
from cardstation.domain.receipt import HandoverSheet
from cardstation.domain.refund_list import RefundList
from cardstation.errors import CardStationError, Refusal
from cardstation.files import write_whole
from cardstation.ports.printer import Printer
from cardstation.services.bag_papers import (
    manager_sheet,
    not_done_list,
    receipt_strips,
    receipts_by_door,
)
from cardstation.services.batch_state import batch_state, money_open
from cardstation.services.handover_sheet import handover_sheet
from cardstation.services.purge_batch import purge_due
from cardstation.services.refund_list import refund_list
from cardstation.services.station import Station
from cardstation.settings import Settings

LOG = logging.getLogger(__name__)
Progress = Callable[[int, int], None]

_WITH_DOORS = (
    *("sheet", "manager_sheet", "not_done_list", "receipt_strip", "refunds", "return"),
    "Q*-quote",
)
"""Papers of a batch that go with its personal data; vouchers, slips and labels stay."""
_TRIAGE_DAY = re.compile(r"triage-.*-(\d{4}-\d\d-\d\d)\.(?:pdf|csv)")


def write_bag_paper(value: OfBag, folder: Path, lang: str) -> Path:
    """File one paper of a bag under its batch, its form and what tells it from others.

    Raises:
        Refusal: code `paper_too_long`.
    """
    from cardstation.papers import FORMS

    form = next(one for one in FORMS if one.value is type(value))
    parts = [value.batch_id, form.code]
    if isinstance(value, BagLabel):
        parts.append(str(value.bag))
    elif isinstance(value, CustodySlip):
        parts.append(str(value.number))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{'-'.join(parts)}.pdf"
    path.write_bytes(form.draw(value, lang))
    return path


@dataclass(frozen=True, slots=True)
class _Piece:
    """One paper of a return: its name in the record, and how it is made."""

    name: str
    make: Callable[[], Path]


def print_return(
    station: Station,
    batch_id: str,
    folder: Path,
    lang: str,
    printer: Printer | None,
    progress: Progress,
    *,
    by_floor: bool = False,
    again: str = "",
) -> tuple[Path, ...]:
    """Print everything that goes back with a bag; after a stop it goes on where it stopped.

    Receipts are the ones filed when the cards were loaded; when a whole return is printed once
    more, they are drawn again and say reprint and why. What was only filed was not printed.

    Args:
        station: The desk.
        batch_id: Of which bag.
        folder: Where papers are filed.
        lang: Their language.
        printer: None = they are only filed.
        progress: Told how many are done, of how many: first those that came out before.
        by_floor: A strip per floor instead of a receipt per household.
        again: Why all of it is printed once more, after all of it came out.

    Raises:
        Refusal: `unknown_batch`, `return_printed` (all came out, and nobody said why again).
        Mishap: `paper_not_printed`; what came out is remembered.
    """
    record = _Record(folder / f"{batch_id}-return.txt")
    mark = None if printer is None else record.again
    pieces = list(_pieces(station, batch_id, folder, lang, mark, by_floor=by_floor))
    if printer is not None and record.holds(pieces):
        if not again:
            raise Refusal("return_printed", batch_id=batch_id)
        record.start_over(again)
        pieces = list(_pieces(station, batch_id, folder, lang, record.again, by_floor=by_floor))
    left = [one for one in pieces if printer is None or one.name not in record.names]
    before, paths = len(pieces) - len(left), []
    progress(before, len(pieces))
    for done, piece in enumerate(left, start=before + 1):
        paths.append(piece.make())
        if printer is not None:
            printer.print(paths[-1].read_bytes(), paths[-1].stem)
            record.keep(piece.name)
        progress(done, len(pieces))
    return tuple(paths)


class _Record:
    """What of a return came out already: one name a line, and why when not for the first time."""

    _AGAIN = "again"

    def __init__(self, path: Path) -> None:
        self._path = path
        self.names = set(path.read_text("utf-8").split("\n")) - {""} if path.exists() else set()

    @property
    def again(self) -> str | None:
        """Why this return is printed once more; None = it is the first time."""
        parts = (name.partition(" ") for name in self.names)
        return next((why for mark, _, why in parts if mark == self._AGAIN), None)

    def holds(self, pieces: Sequence[_Piece]) -> bool:
        """Whether all of it came out."""
        return bool(pieces) and {piece.name for piece in pieces} <= self.names

    def start_over(self, why: str) -> None:
        """Forget what came out, but not that it did."""
        self.names = {" ".join((self._AGAIN, *why.split()))}
        self._write()

    def keep(self, name: str) -> None:
        """Remember a paper."""
        self.names.add(name)
        self._write()

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._path, "\n".join(sorted(self.names)) + "\n")


def _pieces(
    station: Station, batch_id: str, folder: Path, lang: str, again: str | None, *, by_floor: bool
) -> Iterator[_Piece]:
    """The papers of a return in the order they are laid on the bag; the desk's own come last.

    What anybody but who paid for all gets back goes with the receipts, each to its payer.
    """
    sheet, notes = manager_sheet(station, batch_id), not_done_list(station, batch_id)
    own = handover_sheet(station, batch_id)
    yield _Piece(f"manager {_content(sheet)}", lambda: write_bag_paper(sheet, folder, lang))
    refunds = _refunds(station, batch_id, folder, lang)
    yield from refunds[:1]
    if notes.rows:
        yield _Piece(f"notes {_content(notes)}", lambda: write_bag_paper(notes, folder, lang))
    if by_floor:
        strips = receipt_strips(station, batch_id)
        yield _Piece(f"strips {_content(strips)}", lambda: write_bag_paper(strips, folder, lang))
    else:
        for number in receipts_by_door(station, batch_id):
            yield _Piece(number, partial(_receipt, station, number, folder, lang, again))
    yield from refunds[1:]
    said = _content(own)
    yield _Piece(f"desk {said}", lambda: write_desk_copy(station, batch_id, folder, lang))
    yield _Piece(f"sheet {said}", lambda: write_sheet(station, batch_id, folder, lang))


def _refunds(station: Station, batch_id: str, folder: Path, lang: str) -> list[_Piece]:
    """What goes back, a paper for each payer: who paid for all, with what was not loaded, first."""
    if not money_open(batch_state(station, batch_id)):
        return []
    whole = refund_list(station, batch_id)
    pieces = []
    for number, part in enumerate(whole.parts, start=1):
        rows = whole.not_loaded if number == 1 else ()
        own = replace(whole, parts=(part,), not_loaded=rows)
        make = partial(write_refund_part, own, number, folder, lang)
        pieces.append(_Piece(f"refunds {number} {_content(own)}", make))
    return pieces


def _receipt(station: Station, number: str, folder: Path, lang: str, again: str | None) -> Path:
    """The original filed at the load; a new one only when none is there, or once more."""
    filed = folder / f"{number}-a5.pdf"
    if filed.exists() and again is None:
        return filed
    return write_receipt(station, number, folder, lang, again or "")[0]


def _content(value: HandoverSheet | ManagerSheet | NotDoneList | ReceiptStrips | RefundList) -> str:
    """A name for what a paper says, whenever it is made."""
    timeless: Any = replace(value, made_at=datetime(2000, 1, 1, tzinfo=UTC))
    return hashlib.sha256(repr(timeless).encode()).hexdigest()[:16]


def purge_with_papers(station: Station, days: int, folder: Path) -> tuple[str, ...]:
    """Purge every batch whose time is up, and the filed papers that name doors."""
    purged = purge_due(station, days)
    for batch_id in purged:
        forget_papers(folder, batch_id)
    _forget_triage(folder, station.clock.now().date() - timedelta(days=days))
    return purged


def purge_in_time(station: Station, settings: Settings) -> None:
    """Purge as the desk opens and at the end of each shift; a frozen station does it later."""
    try:
        purged = purge_with_papers(station, settings.purge_days, settings.home / "papers")
    except CardStationError as refused:
        LOG.info("nothing purged: %s", refused.code)
    else:
        if purged:
            LOG.info("personal data removed of %s", ", ".join(purged))


def _forget_triage(folder: Path, until: date) -> None:
    """Remove the lists of doors that run out of gas, by the day they were made."""
    for path in folder.glob("triage-*"):
        made = _TRIAGE_DAY.fullmatch(path.name)
        if made and made[1] <= until.isoformat():
            path.unlink(missing_ok=True)


def forget_papers(folder: Path, batch_id: str) -> None:
    """Remove a batch's filed papers that carry names or doors; receipts and slips stay."""
    for name in _WITH_DOORS:
        for path in folder.glob(f"{batch_id}-{name}*"):
            path.unlink(missing_ok=True)
