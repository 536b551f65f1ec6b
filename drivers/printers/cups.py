"""Printers of the system, through CUPS and its commands `lp`, `lpstat` and `cancel`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

from cardstation.errors import Mishap
from drivers.printers.raster import page_sizes_mm

_SHEETS = {(148, 210): "A5", (210, 148): "A5", (210, 297): "A4", (297, 210): "A4"}
_JOB = re.compile(r"request id is (\S+)")
_ALERTS = re.compile(r"^\s*Alerts: (.*)$", re.MULTILINE)
_NO_PAPER = re.compile(r"\bmedia-(empty|needed)(-error)?(?![\w-])")
_LOST = re.compile(r"already (canceled|aborted)")


class CupsPrinter:
    """A CUPS queue; a paper counts as printed once its job left the queue, not before.

    Args:
        queue: Its name as `lpstat -e` shows it.
        timeout_s: How long one command may take.
        patience_s: How long a paper may take once nothing is ahead of it; also while the queue
            does not get shorter.
        paper_s: How long the printer may say that it has no paper: it says so until the next job
            tells otherwise.
        look_s: Time between two looks at the queue.
    """

    def __init__(
        self,
        queue: str,
        *,
        timeout_s: float = 20.0,
        patience_s: float = 60.0,
        paper_s: float = 10.0,
        look_s: float = 0.3,
    ) -> None:
        self.name = queue
        self._queue = queue.partition("/")[0]
        self._timeout_s, self._look_s = timeout_s, look_s
        self._patience_s, self._paper_s = patience_s, paper_s

    def print(self, pdf: bytes, title: str) -> None:
        """Print one paper; what a printer in trouble leaves of it is taken out of the queue.

        Raises:
            Mishap: code `paper_not_printed`; a queue that answers too late may still print it.
        """
        media = f"media={media_of(pdf)}"
        taken, said = self._ask("lp", "-d", self.name, "-t", title, "-o", media, "--", "-", pdf=pdf)
        job = _JOB.search(said)
        if not taken or job is None:
            raise self._not_printed(said)
        trouble = self._trouble(job[1])
        _, ended = self._ask("cancel", job[1])
        if "already completed" in ended:
            return
        if trouble or _LOST.search(ended):
            raise self._not_printed(trouble or ended)

    def _trouble(self, job: str) -> str:
        """Wait until a job left the queue; else why it is not waited for any longer."""
        ahead, since = sys.maxsize, 0.0
        while True:
            known, said = self._ask("lpstat", "-W", "not-completed", "-o", self._queue)
            jobs = [line.split()[0] for line in said.splitlines() if line.strip()]
            if not known:
                return said
            if job not in jobs:
                return ""
            if jobs.index(job) < ahead:
                ahead, since = jobs.index(job), time.monotonic()
            waited = time.monotonic() - since
            _, printer = self._ask("lpstat", "-l", "-p", self._queue)
            alerts = _ALERTS.search(printer)
            told = alerts[1] if alerts else ""
            stopped = " disabled since " in printer
            empty = _NO_PAPER.search(told) is not None and waited >= self._paper_s
            if stopped or empty or waited >= self._patience_s:
                return f"{printer.partition(chr(10))[0]} {told}".strip()
            time.sleep(self._look_s)

    def _ask(self, *command: str, pdf: bytes = b"") -> tuple[bool, str]:
        """Whether a command worked, and what it said or why not."""
        try:
            done = subprocess.run(
                command,
                input=pdf,
                capture_output=True,
                check=False,
                timeout=self._timeout_s,
                env={**os.environ, "LC_ALL": "C"},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return False, str(error)
        said = done.stderr if done.returncode else done.stdout
        return not done.returncode, said.decode(errors="replace").strip()

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
