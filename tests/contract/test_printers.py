"""What holds for every printer, and what each of them sends."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

import drivers.printers
from cardstation.errors import Mishap
from cardstation.papers import receipt_80mm, receipt_a5
from drivers.printers import PRINTERS, EscPosPrinter, PdfFolder
from drivers.printers.escpos import escpos_stream
from drivers.printers.raster import pages_as_dots
from tests.kit.papers import RECEIPT

ROLL = receipt_80mm(RECEIPT, "zh_CN")
SHEET = receipt_a5(RECEIPT, "zh_CN")


def test_every_driver_file_is_registered() -> None:
    folder = Path(str(drivers.printers.__file__)).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "raster"}
    assert files == {driver.code for driver in PRINTERS}


@pytest.mark.parametrize("driver", PRINTERS, ids=lambda driver: driver.code)
def test_a_printer_that_is_not_there_says_so(
    driver: drivers.printers.PrinterDriver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    printer = driver.open(str(blocked / "nothing"))
    with pytest.raises(Mishap) as caught:
        printer.print(ROLL, "S001-2026-000019")
    assert caught.value.code == "paper_not_printed"
    assert caught.value.values["printer"] == printer.name


def test_the_folder_keeps_papers_under_safe_names(tmp_path: Path) -> None:
    folder = PdfFolder(tmp_path / "out" / "2026")
    folder.print(b"one", "收据 S001/../19")
    folder.print(b"", "//")
    assert {path.name for path in folder.path.iterdir()} == {"收据-S001-..-19.pdf", "paper.pdf"}


def test_the_folder_overwrites_nothing(tmp_path: Path) -> None:
    folder = PdfFolder(tmp_path)
    for paper in (b"one", b"two", b"one", b"three"):
        folder.print(paper, "a")
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert kept == {"a.pdf": b"one", "a-2.pdf": b"two", "a-3.pdf": b"three"}


def test_a_roll_is_printed_dot_for_dot() -> None:
    (page,) = pages_as_dots(ROLL, 576, 4.0)
    assert {len(row) for row in page.rows} == {72}
    assert 1200 < len(page.rows) < 1700
    assert any(page.rows[-1])
    bars = [row for row in page.rows if row.count(0xFF) >= 68]
    assert len(bars) > 8, "the black bar of what was loaded"


def test_the_code_is_crisp() -> None:
    """Modules of the QR code are whole squares of five dots: no seam, no half-grey edge."""
    (page,) = pages_as_dots(ROLL, 576, 4.0)
    bits = [f"{int.from_bytes(row, 'big'):0576b}" for row in page.rows]
    finder = "1" * 35 + "0" * 5
    rows = [index for index, row in enumerate(bits) if row[4:44] == finder]
    assert len(rows) == 20, "four bars of five dots: two finders at the left edge"
    assert rows[:5] == list(range(rows[0], rows[0] + 5))


@pytest.mark.parametrize("dots", [576, 384])
def test_the_stream_is_bands_of_raster_then_a_cut(dots: int) -> None:
    stream = escpos_stream(ROLL, dots)
    assert stream[:2] == b"\x1b@"
    place, lines = 2, 0
    while stream[place : place + 4] == b"\x1dv0\x00":
        across = int.from_bytes(stream[place + 4 : place + 6], "little")
        high = int.from_bytes(stream[place + 6 : place + 8], "little")
        assert across == dots // 8
        assert high <= 256
        place, lines = place + 8 + across * high, lines + high
    assert stream[place:] == b"\x1bd\x04\x1dVB\x00"
    assert lines == len(pages_as_dots(ROLL, dots, 4.0)[0].rows)


def test_any_paper_fits_a_thermal_printer() -> None:
    assert len(escpos_stream(SHEET, 384)) > 1000


def test_a_network_printer_gets_every_byte() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        got = bytearray()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                while part := connection.recv(65536):
                    got.extend(part)

        listener = threading.Thread(target=serve)
        listener.start()
        EscPosPrinter(f"tcp:127.0.0.1:{server.getsockname()[1]}").print(ROLL, "t")
        listener.join(10)
    assert bytes(got) == escpos_stream(ROLL, 576)


def test_a_device_file_gets_every_byte(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    device.write_bytes(b"")
    EscPosPrinter(str(device)).print(ROLL, "t")
    assert device.read_bytes() == escpos_stream(ROLL, 576)
