"""Runs the ledger service as a child process that cannot outlive us."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from cardstation.errors import Mishap

MODULE = "cardstation.cli.central"


class CentralProcess:
    """The service over the private cluster of a data folder, in its own process.

    The child stops by itself when the pipe to us closes, so also when we are killed.

    Attributes:
        url: Its address on this machine, once started.
        enrolment_code: Enrols one new station.
        admin_token: Opens the centre's desk.
        start_ms: How long the child took to be ready, by its own account.

    Args:
        home: The data folder.
        port: 0 picks a free one.
        patience_s: Longest time to wait for the child to be ready or gone.
    """

    def __init__(self, home: Path, *, port: int = 0, patience_s: float = 60.0) -> None:
        self.url = ""
        self.enrolment_code = ""
        self.admin_token = ""
        self.start_ms = 0
        self._home = home
        self._port = port
        self._patience_s = patience_s
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The child's process id, 0 when it does not run."""
        return self._child.pid if self._child else 0

    def start(self) -> Self:
        """Start the child and wait until it answers.

        Raises:
            Mishap: `central_not_started` with the child's last words.
        """
        log = self._home / "logs" / "central.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", MODULE, "serve", "--embedded", "--leashed", "--json"]
        command += ["--home", str(self._home), "--port", str(self._port)]
        with log.open("ab") as errors:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        line = self._first_line()
        if not line:
            self.stop()
            words = log.read_text("utf-8", errors="replace").strip().splitlines()
            raise Mishap("central_not_started", said=words[-1] if words else "", log=str(log))
        said = json.loads(line)
        self.url, self.start_ms = said["url"], said["start_ms"]
        self.enrolment_code, self.admin_token = said["enrolment_code"], said["admin_token"]
        return self

    def _first_line(self) -> bytes:
        if self._child is None or self._child.stdout is None:
            return b""
        until = time.monotonic() + self._patience_s
        line = b""
        while not line.endswith(b"\n") and (left := until - time.monotonic()) > 0:
            if not select.select([self._child.stdout], [], [], left)[0]:
                break
            part = os.read(self._child.stdout.fileno(), 4096)
            if not part:
                return b""
            line += part
        return line if line.endswith(b"\n") else b""

    def kill(self) -> None:
        """Kill the child where it stands, as a crash would; `stop` afterwards tidies up."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def stop(self) -> None:
        """Stop the child; open transactions are undone."""
        if self._child is None:
            return
        if self._child.stdin is not None:
            self._child.stdin.close()
        try:
            self._child.wait(self._patience_s)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        if self._child.stdout is not None:
            self._child.stdout.close()
        self._child = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()
