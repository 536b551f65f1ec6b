"""Printers: where finished papers go. One driver is one file and one line in `PRINTERS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cardstation.ports.printer import Printer
from drivers.printers.cups import CupsPrinter, queues
from drivers.printers.escpos import EscPosPrinter
from drivers.printers.pdf_folder import PdfFolder

__all__ = ["PRINTERS", "CupsPrinter", "EscPosPrinter", "PdfFolder", "PrinterDriver", "queues"]


@dataclass(frozen=True, slots=True)
class PrinterDriver:
    """A kind of printer.

    Attributes:
        code: Its name in the settings.
        place: What its place looks like, for the settings screen.
        open: From a place to a printer; nothing is sent yet.
    """

    code: str
    place: str
    open: Callable[[str], Printer]


PRINTERS: tuple[PrinterDriver, ...] = (
    PrinterDriver("pdf_folder", "/home/desk/receipts", lambda place: PdfFolder(Path(place))),
    PrinterDriver("cups", "office-laser", CupsPrinter),
    PrinterDriver("escpos", "tcp:192.0.2.7:9100 | /dev/usb/lp0", EscPosPrinter),
)
