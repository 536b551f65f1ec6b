"""Thermal printers: papers are sent as dots, so any character comes out of any printer.

Command: `GS v 0` raster bit image in bands (Epson ESC/POS application programming guide); then feed
and partial cut. Widths: 576 dots on 80 mm paper, 384 dots on 58 mm, 8 dots per millimetre.
"""

from __future__ import annotations

import re
import socket
from pathlib import Path

from cardstation.errors import Mishap
from drivers.printers.raster import Dots, page_sizes_mm, pages_as_dots

_RESET = b"\x1b@"
_FEED_AND_CUT = b"\x1bd\x04\x1dVB\x00"
_BAND = 256
_ROLL_MM, _ROLL_MARGIN_MM = 80, 4.0
_TCP = re.compile(r"tcp:(?P<host>[^:]+):(?P<port>\d+)")


class EscPosPrinter:
    """A thermal printer on the network or at a device file.

    Args:
        place: `tcp:HOST:PORT` or the path of a device such as `/dev/usb/lp0`.
        dots: Printed width, a multiple of 8.
        timeout_s: For the network.
    """

    def __init__(self, place: str, dots: int = 576, timeout_s: float = 10.0) -> None:
        self.name = place
        self._dots = dots
        self._timeout_s = timeout_s

    def print(self, pdf: bytes, title: str) -> None:
        """Send one paper.

        Raises:
            Mishap: code `paper_not_printed`.
        """
        stream = escpos_stream(pdf, self._dots)
        try:
            self._send(stream)
        except OSError as error:
            raise Mishap(
                "paper_not_printed", printer=self.name, title=title, cause=str(error)
            ) from error

    def _send(self, stream: bytes) -> None:
        network = _TCP.fullmatch(self.name)
        if network is None:
            device = Path(self.name).resolve(strict=True)
            with device.open("wb") as file:
                file.write(stream)
            return
        address = (network["host"], int(network["port"]))
        with socket.create_connection(address, timeout=self._timeout_s) as connection:
            connection.sendall(stream)


def escpos_stream(pdf: bytes, dots: int) -> bytes:
    """The bytes that print every page of `pdf`, each cut off by itself."""
    width_mm = page_sizes_mm(pdf)[0][0]
    margin_mm = _ROLL_MARGIN_MM if width_mm == _ROLL_MM else 0.0
    pages = pages_as_dots(pdf, dots, margin_mm)
    return _RESET + b"".join(_bands(page) + _FEED_AND_CUT for page in pages)


def _bands(page: Dots) -> bytes:
    stream = bytearray()
    across = page.width // 8
    for start in range(0, len(page.rows), _BAND):
        rows = page.rows[start : start + _BAND]
        stream += b"\x1dv0\x00" + across.to_bytes(2, "little") + len(rows).to_bytes(2, "little")
        stream += b"".join(rows)
    return bytes(stream)
