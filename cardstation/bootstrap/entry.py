"""The entry points: command line, window, ledger service, demo."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import resources
from cardstation.bootstrap.rack_socket import call_rack
from cardstation.cli.doors import Agree, Check, Clue, Doors, LayoutListed
from cardstation.domain.bag_papers import OfBag
from cardstation.domain.card_report import CardReport
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.closing import ClosingSlip
from cardstation.domain.desk_form import DeskForm
from cardstation.domain.meter_change import MeterChangeSlip
from cardstation.domain.quotation import BatchQuote
from cardstation.domain.refund_slip import RefundSlip
from cardstation.domain.tool_slip import ToolSlip
from cardstation.domain.triage_list import TriageList
from cardstation.errors import Refusal
from cardstation.ports.ledger import LedgerHead
from cardstation.services.station import Station
from cardstation.settings import Settings, save_setting


def cli() -> None:
    """`cardstation`: exits with the status of the command."""
    from cardstation.cli.commands import COMMANDS
    from cardstation.cli.run import main

    sys.exit(main(doors(), COMMANDS))


def central() -> None:
    """`cardstation-central`: the ledger service."""
    from cardstation.cli.central import main
    from drivers.makers import MAKERS

    sys.exit(main(schools={one.code: one.school.value for one in MAKERS}))


def desk() -> None:
    """`cardstation-desk`: the window."""
    from cardstation.bootstrap.window import run_desk

    sys.exit(run_desk(sys.argv[1:]))


def doors() -> Doors:
    """Everything behind the command line."""
    from cardstation.bootstrap.card_examination import examine
    from cardstation.bootstrap.doctor import look_at_everything
    from cardstation.bootstrap.meter import take_card
    from cardstation.bootstrap.rack import serve_rack
    from cardstation.bootstrap.readers import open_readers
    from cardstation.bootstrap.station import open_station

    return Doors(
        station=open_station,
        readers=open_readers,
        doctor=look_at_everything,
        default_tariffs=resources.path("training/tariffs.json"),
        receipts=_receipts,
        receipt=_receipt,
        sheet=_sheet,
        quote=_quote,
        acknowledgement=_acknowledgement,
        refunds=_refunds,
        bag_paper=_bag_paper,
        print_return=_print_return,
        examine=examine,
        card_report=_card_report,
        card_slip=_card_slip,
        meter_change=_meter_change,
        closing_slip=_closing_slip,
        refund_slip=_refund_slip,
        desk_form=_desk_form,
        tool_slip=_tool_slip,
        triage=_triage,
        purge=_purge,
        forget_papers=_forget_papers,
        enrol=_enrol,
        master_secret=_master_secret,
        purse_secret=_purse_secret,
        layout_secret=_layout_secret,
        device_key=_device_key,
        rack=serve_rack,
        rack_call=lambda settings, request: call_rack(settings.home, request),
        meter=take_card,
        check_layout=_check_layout,
        register_layout=_register_layout,
        list_layouts=_list_layouts,
        remove_layout=_remove_layout,
        learn_layout=_learn_layout,
        clock=_clock,
    )


def _check_layout(settings: Settings, sheet: Path) -> tuple[Check, ...]:
    from cardstation.bootstrap.layout_tools import check_layout

    return check_layout(settings, sheet)


def _register_layout(settings: Settings, sheet: Path, agree: Agree) -> tuple[Check, ...]:
    from cardstation.bootstrap.layout_tools import register_layout

    return register_layout(settings, sheet, agree)


def _list_layouts(settings: Settings) -> tuple[LayoutListed, ...]:
    from cardstation.bootstrap.layout_tools import list_layouts

    return list_layouts(settings)


def _remove_layout(settings: Settings, code: str, agree: Agree) -> None:
    from cardstation.bootstrap.layout_tools import remove_layout

    remove_layout(settings, code, agree)


def _learn_layout(cards: Sequence[Path], bought: Sequence[str]) -> tuple[Clue, ...]:
    from cardstation.bootstrap.layout_tools import learn_layout

    return learn_layout(cards, bought)


def _receipts(station: Station, batch_id: str, settings: Settings) -> tuple[Path, ...]:
    from cardstation.bootstrap.papers import write_receipts

    return write_receipts(station, batch_id, settings.home / "papers", settings.language)


def _receipt(
    station: Station, receipt_no: str, settings: Settings, out: Path | None, reason: str
) -> tuple[Path, ...]:
    from cardstation.bootstrap.papers import write_receipt

    folder = out or settings.home / "papers"
    return write_receipt(station, receipt_no, folder, settings.language, reason)


def _sheet(station: Station, batch_id: str, settings: Settings, out: Path | None) -> Path:
    from cardstation.bootstrap.papers import write_sheet

    return write_sheet(station, batch_id, out or settings.home / "papers", settings.language)


def _quote(quote: BatchQuote, settings: Settings, out: Path | None) -> Path:
    from cardstation.bootstrap.papers import write_quote

    return write_quote(quote, out or settings.home / "papers", settings.language)


def _acknowledgement(station: Station, ack_no: str, settings: Settings, out: Path | None) -> Path:
    from cardstation.bootstrap.papers import write_acknowledgement

    folder = out or settings.home / "papers"
    return write_acknowledgement(station, ack_no, folder, settings.language)


def _bag_paper(value: OfBag, settings: Settings, out: Path | None) -> Path:
    from cardstation.bootstrap.bag_papers import write_bag_paper

    return write_bag_paper(value, out or settings.home / "papers", settings.language)


def _print_return(
    station: Station,
    batch_id: str,
    settings: Settings,
    by_floor: bool,
    again: str,
    progress: Callable[[int, int], None],
) -> tuple[Path, ...]:
    from cardstation.bootstrap.bag_papers import print_return
    from drivers.printers import CupsPrinter

    return print_return(
        station,
        batch_id,
        settings.home / "papers",
        settings.language,
        CupsPrinter(settings.printer) if settings.printer else None,
        progress,
        by_floor=by_floor,
        again=again,
    )


def _card_report(report: CardReport, settings: Settings, out: Path) -> Path:
    from cardstation.bootstrap.papers import write_card_report

    return write_card_report(report, out, settings.language)


def _closing_slip(slip: ClosingSlip, settings: Settings, again: bool) -> Path:
    from cardstation.bootstrap.papers import write_closing_slip

    return write_closing_slip(slip, settings.home / "papers", settings.language, again=again)


def _card_slip(slip: CardSlip, settings: Settings) -> Path:
    from cardstation.bootstrap.papers import write_card_slip

    return write_card_slip(slip, settings.home / "papers", settings.language)


def _meter_change(slip: MeterChangeSlip, settings: Settings) -> Path:
    from cardstation.bootstrap.papers import write_meter_change

    return write_meter_change(slip, settings.home / "papers", settings.language)


def _refund_slip(slip: RefundSlip, settings: Settings) -> Path:
    from cardstation.bootstrap.papers import write_refund_slip

    return write_refund_slip(slip, settings.home / "papers", settings.language)


def _desk_form(form: DeskForm, settings: Settings) -> Path:
    from cardstation.bootstrap.papers import write_desk_form

    return write_desk_form(form, settings.home / "papers", settings.language)


def _tool_slip(slip: ToolSlip, settings: Settings) -> Path:
    from cardstation.bootstrap.papers import write_tool_slip

    return write_tool_slip(slip, settings.home / "papers", settings.language)


def _triage(found: TriageList, settings: Settings, out: Path) -> tuple[Path, ...]:
    from cardstation.bootstrap.papers import write_triage

    return write_triage(found, out, settings.language)


def _purge(station: Station, settings: Settings) -> tuple[str, ...]:
    from cardstation.bootstrap.bag_papers import purge_with_papers

    return purge_with_papers(station, settings.purge_days, settings.home / "papers")


def _forget_papers(settings: Settings, batch_ids: tuple[str, ...]) -> None:
    from cardstation.bootstrap.bag_papers import forget_papers

    for batch_id in batch_ids:
        forget_papers(settings.home / "papers", batch_id)


def _refunds(station: Station, batch_id: str, settings: Settings, out: Path | None) -> Path:
    from cardstation.bootstrap.papers import write_refunds

    return write_refunds(station, batch_id, out or settings.home / "papers", settings.language)


def _enrol(settings: Settings, url: str, code: str, new_key: bool) -> LedgerHead:
    from cardstation.bootstrap.centre import enrol_at

    head = enrol_at(settings, url, code, new_key=new_key)
    save_setting(settings.home, ledger_url=url)
    return head


def _master_secret(settings: Settings, value: bytes | None) -> str:
    from drivers.keys import Secret, keep_master_secret, place_of_master_secret

    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if value is not None:
        keep_master_secret(settings.home, Secret(value))
    return place_of_master_secret(settings.home)


def _purse_secret(settings: Settings, name: str, value: bytes) -> str:
    from drivers.keys import Secret
    from drivers.keys.purse_secrets import keep_purse_secret

    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return keep_purse_secret(settings.home, name, Secret(value))


def _layout_secret(settings: Settings, layout: str, name: str, value: bytes) -> str:
    from drivers.keys import Secret
    from drivers.keys.layout_secrets import keep_layout_secret

    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return keep_layout_secret(settings.home, layout, name, Secret(value))


def _device_key(settings: Settings, passphrase: bytes | None) -> str:
    from cardstation.bootstrap.station import device_key_of
    from drivers.keys import Secret

    key = device_key_of(settings)
    if passphrase is not None:
        key.rewrap(Secret(passphrase))
    return key.place


def _clock(settings: Settings, shift_s: int | None) -> str:
    from drivers.clocks import SystemClock, keep_shift, shift_of

    if shift_s is not None:
        if not settings.training:
            raise Refusal("training_only")
        keep_shift(settings.home, shift_s)
    now = SystemClock(settings.zone, shift_of(settings.home)).now()
    return now.isoformat(timespec="seconds")
