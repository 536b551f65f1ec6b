"""Printers of the system, through CUPS and its `lp` command."""

from __future__ import annotations

import subprocess

from cardstation.errors import Mishap
from drivers.printers.raster import page_sizes_mm

_SHEETS = {(148, 210): "A5", (210, 148): "A5", (210, 297): "A4", (297, 210): "A4"}


class CupsPrinter:
    """A CUPS queue.

    Args:
        queue: Its name as `lpstat -e` shows it.
        command: The program, `lp`.
        timeout_s: How long it may take to accept a paper.
    """

    def __init__(self, queue: str, command: str = "lp", timeout_s: float = 20.0) -> None:
        self.name = queue
        self._command = command
        self._timeout_s = timeout_s

    def print(self, pdf: bytes, title: str) -> None:
        """Hand one paper to the queue.

        Raises:
            Mishap: code `paper_not_printed`; a queue that answers too late may still print it.
        """
        media = f"media={media_of(pdf)}"
        arguments = [self._command, "-d", self.name, "-t", title, "-o", media, "--", "-"]
        try:
            subprocess.run(
                arguments, input=pdf, capture_output=True, check=True, timeout=self._timeout_s
            )
        except subprocess.CalledProcessError as error:
            raise self._not_printed(error.stderr.decode(errors="replace").strip()) from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise self._not_printed(str(error)) from error

    def _not_printed(self, cause: str) -> Mishap:
        return Mishap("paper_not_printed", printer=self.name, cause=cause)


def queues(command: str = "lpstat", timeout_s: float = 3.0) -> tuple[str, ...]:
    """Names of the queues CUPS knows now, none where there is no CUPS."""
    try:
        listed = subprocess.run(
            [command, "-e"], capture_output=True, check=True, timeout=timeout_s, text=True
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(listed.stdout.split())


def media_of(pdf: bytes) -> str:
    """The CUPS name of the first page's size: `A4`, `A5` or `Custom.80x140mm`."""
    width, height = page_sizes_mm(pdf)[0]
    return _SHEETS.get((width, height), f"Custom.{width}x{height}mm")
