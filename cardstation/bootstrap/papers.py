"""Makes the paper files of finished facts; reportlab is loaded with the first of them."""

from __future__ import annotations

from pathlib import Path

from cardstation.domain.card_report import CardReport
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.closing import ClosingSlip
from cardstation.domain.desk_form import DeskForm
from cardstation.domain.meter_change import MeterChangeSlip
from cardstation.domain.quotation import BatchQuote
from cardstation.domain.refund_list import RefundList
from cardstation.domain.refund_slip import RefundSlip
from cardstation.domain.tool_slip import ToolSlip
from cardstation.domain.triage_list import TriageList
from cardstation.services.handover_sheet import handover_sheet as sheet_of
from cardstation.services.invoiced import invoice_of
from cardstation.services.issue_acknowledgement import issue_acknowledgement
from cardstation.services.issue_charge_paper import issue_charge_paper
from cardstation.services.issue_receipt import issue_receipt
from cardstation.services.refund_list import refund_list as refunds_of
from cardstation.services.station import Station


def get_ready() -> None:
    """Load what the first paper would otherwise wait for: reportlab and both weights."""
    from cardstation.papers.typeface import BOLD, REGULAR, face

    for weight in (REGULAR, BOLD):
        face(weight)


def write_receipt(
    station: Station, receipt_no: str, folder: Path, lang: str, reason: str = ""
) -> tuple[Path, Path]:
    """File one receipt as A5 and as an 80 mm slip; from the second time on it says reprint.

    That of a load or a charge which was taken back says so. A slip of a charge has its id.

    Raises:
        Refusal: `unknown_receipt`.
    """
    from cardstation.papers import Reprint, receipt_80mm, receipt_a5

    with station.store.reading() as reading:
        charges = reading.charges
        if charges.numbered(receipt_no) or charges.receipt(receipt_no):
            return write_charge(station, receipt_no, folder, lang, reason)
    issued = issue_receipt(station, receipt_no)
    marked = issued.reprint or issued.void
    invoice = invoice_of(station, receipt_no) if issued.reprint else ""
    mark = Reprint(issued.paper_no - 1, reason, issued.void, invoice) if marked else None
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{receipt_no}-{issued.paper_no - 1}" if issued.reprint else receipt_no
    a5, slip = folder / f"{stem}-a5.pdf", folder / f"{stem}-80mm.pdf"
    a5.write_bytes(receipt_a5(issued.receipt, lang, mark))
    slip.write_bytes(receipt_80mm(issued.receipt, lang, mark))
    return a5, slip


def write_charge(
    station: Station, charge: str, folder: Path, lang: str, reason: str = ""
) -> tuple[Path, Path]:
    """File the paper of a charge as A5 and as an 80 mm slip, as `write_receipt`.

    Raises:
        Refusal: `unknown_charge`.
    """
    from cardstation.papers import Reprint, charge_80mm, charge_a5

    issued = issue_charge_paper(station, charge)
    made, marked = issued.receipt, issued.reprint or issued.void
    invoice = invoice_of(station, made.receipt_no) if issued.reprint else ""
    mark = Reprint(issued.paper_no - 1, reason, issued.void, invoice) if marked else None
    folder.mkdir(parents=True, exist_ok=True)
    name = made.receipt_no or f"charge-{made.charge.charge_id}"
    stem = f"{name}-{issued.paper_no - 1}" if issued.reprint else name
    a5, slip = folder / f"{stem}-a5.pdf", folder / f"{stem}-80mm.pdf"
    a5.write_bytes(charge_a5(made, lang, mark))
    slip.write_bytes(charge_80mm(made, lang, mark))
    return a5, slip


def write_receipts(station: Station, batch_id: str, folder: Path, lang: str) -> tuple[Path, ...]:
    """File the receipts of a batch that have no file yet."""
    with station.store.reading() as reading:
        receipts = reading.receipts.of_batch(batch_id)
    missing = [one for one in receipts if not (folder / f"{one.receipt_no}-a5.pdf").exists()]
    return tuple(
        path for one in missing for path in write_receipt(station, one.receipt_no, folder, lang)
    )


def write_sheet(station: Station, batch_id: str, folder: Path, lang: str) -> Path:
    """File the sheet for the way back."""
    from cardstation.papers import handover_sheet

    return _filed(
        folder / f"{batch_id}-sheet.pdf", handover_sheet(sheet_of(station, batch_id), lang)
    )


def write_desk_copy(station: Station, batch_id: str, folder: Path, lang: str) -> Path:
    """File the page that parts the sheet of the desk from what goes back with a bag."""
    from cardstation.papers import desk_copy

    return _filed(
        folder / f"{batch_id}-return-desk_copy.pdf", desk_copy(sheet_of(station, batch_id), lang)
    )


def write_quote(quote: BatchQuote, folder: Path, lang: str) -> Path:
    """File the quote of a batch."""
    from cardstation.papers import quote_sheet

    return _filed(folder / f"{quote.quote_no}-quote.pdf", quote_sheet(quote, lang))


def write_acknowledgement(
    station: Station, ack_no: str, folder: Path, lang: str, reason: str = ""
) -> Path:
    """File an acknowledgement; from the second time on it says reprint.

    Raises:
        Refusal: `unknown_acknowledgement`.
    """
    from cardstation.papers import Reprint, acknowledgement

    issued = issue_acknowledgement(station, ack_no)
    mark = Reprint(issued.paper_no - 1, reason) if issued.paper_no > 1 else None
    return _filed(
        folder / (f"{ack_no}.pdf" if mark is None else f"{ack_no}-{mark.count}.pdf"),
        acknowledgement(issued.acknowledgement, lang, mark),
    )


def write_refunds(station: Station, batch_id: str, folder: Path, lang: str) -> Path:
    """File the refund list of a batch as it stands now."""
    from cardstation.papers import refund_list

    return _filed(
        folder / f"{batch_id}-refunds.pdf", refund_list(refunds_of(station, batch_id), lang)
    )


def write_refund_part(refunds: RefundList, number: int, folder: Path, lang: str) -> Path:
    """File what one payer of a batch gets back, for the way back with the bag."""
    from cardstation.papers import refund_list

    return _filed(folder / f"{refunds.batch_id}-refunds-{number}.pdf", refund_list(refunds, lang))


def write_card_report(report: CardReport, path: Path, lang: str) -> Path:
    """File a card examination; nothing of whose card it is stands in its name.

    Raises:
        Refusal: code `paper_too_long`.
    """
    from cardstation.papers import card_report

    return _filed(path, card_report(report, lang))


def write_card_slip(slip: CardSlip, folder: Path, lang: str) -> Path:
    """File the slip of a card that was issued or bound.

    Raises:
        Refusal: code `paper_too_long`.
    """
    from cardstation.papers import card_slip

    return _filed(folder / f"card-{slip.work}-{slip.work_id}.pdf", card_slip(slip, lang))


def write_meter_change(slip: MeterChangeSlip, folder: Path, lang: str) -> Path:
    """File the form of a change of meter, or of its cancelling.

    Raises:
        Refusal: code `paper_too_long`.
    """
    from cardstation.papers import meter_change

    return _filed(folder / f"meter-{slip.change_id}.pdf", meter_change(slip, lang))


def write_closing_slip(slip: ClosingSlip, folder: Path, lang: str, *, again: bool = False) -> Path:
    """File the settlement of a closed account; one that is made again says so.

    Raises:
        Refusal: code `paper_too_long`.
    """
    from cardstation.papers import closing_slip

    change = slip.closing.change
    return _filed(
        folder / f"closing-{change.account_no}-{change.change_id}{'-again' * again}.pdf",
        closing_slip(slip, lang, again=again),
    )


def write_refund_slip(slip: RefundSlip, folder: Path, lang: str) -> Path:
    """File the slip of money that was paid out.

    Raises:
        Refusal: code `paper_too_long`.
    """
    from cardstation.papers import refund_slip

    return _filed(folder / f"refund-{slip.record}.pdf", refund_slip(slip, lang))


def write_desk_form(form: DeskForm, folder: Path, lang: str) -> Path:
    """File a form that two people sign.

    Raises:
        Refusal: code `paper_too_long`.
    """
    from cardstation.papers import desk_form

    name = f"{form.of}-{form.record}-{form.check_code}".lower()
    return _filed(folder / f"{name}.pdf", desk_form(form, lang))


def write_tool_slip(slip: ToolSlip, folder: Path, lang: str) -> Path:
    """File the slip of a tool card that was given out or came back.

    Raises:
        Refusal: code `paper_too_long`.
    """
    from cardstation.papers import tool_slip

    return _filed(folder / f"{slip.work}-{slip.work_id}.pdf", tool_slip(slip, lang))


def write_triage(found: TriageList, folder: Path, lang: str) -> tuple[Path, Path]:
    """File the triage list of a community as a paper and as a table; those of the day before stay.

    Raises:
        Refusal: code `paper_too_long`.
    """
    from cardstation.papers import triage_list, triage_table

    folder.mkdir(parents=True, exist_ok=True)
    place = "".join(c if c.isalnum() else "-" for c in found.community)
    stem = f"triage-{place}-{found.made_at.date().isoformat()}"
    paper, table = folder / f"{stem}.pdf", folder / f"{stem}.csv"
    paper.write_bytes(triage_list(found, lang))
    table.write_bytes(triage_table(found, lang))
    return paper, table


def _filed(path: Path, paper: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(paper)
    return path
