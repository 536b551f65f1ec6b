"""A private PC/SC service with virtual readers, for training, demos and tests.

A pcscd of our own runs in a mount namespace of its own (`unshare -m` as root, `unshare -Urm` as
anybody else), so it disturbs neither the system's service nor its readers: /run is a fresh
tmpfs, the USB drivers are hidden, and our own folder is bound to /run/pcscd. The socket
therefore has a plain path that outlives the daemon; nothing depends on a process number. Where
namespaces are refused (a bare chroot, a container without rights) a copy of pcscd with other
folder names compiled in does as well, without any rights.

A shell (`holder.sh`) holds the namespace; when its input ends, because we stopped or because we
died in any way, it kills the daemon and removes the folder.

Measured (pcscd 1.9.9, vpcd 0.8): ready 10-20 ms after the start; a client that has talked to
the old daemon reaches the new one with a new context; the two slots of one driver file do not
block each other, more than two need copies of the file (reference cards 9). vpcd listens on all
interfaces: it is for training and tests only.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from cardstation.errors import CardServiceGone, ensure
from drivers.virtual.places import folder_as_long_as, free_pairs, short_folder, taken
from drivers.virtual.stack import IPC_FOLDER, find_stack, move_daemon

SOCKET_NAME = "pcscd.comm"
SOCKET_VARIABLE = "PCSCLITE_CSOCK_NAME"
HOLDER = Path(__file__).with_name("holder.sh")
START_S = 10.0
LOOK_S = 0.004


class PrivateService:
    """One pcscd with virtual readers: two slots, so two readers, for every name.

    Args:
        names: Names of the readers; pcscd adds two numbers to each: `Virtual PCD 00 00`.
        folder: Where the socket shall be, for programs that must know it before; removed at the
            end. A fresh one by default.
        patience_s: How long the daemon may take to come up.

    Attributes:
        ports: vpcd's TCP port of every slot, in the order of `names`.

    Raises:
        CardServiceGone: code `pcscd_missing` or `virtual_driver_missing`.
    """

    def __init__(
        self,
        names: Sequence[str] = ("Virtual PCD",),
        *,
        folder: Path | None = None,
        patience_s: float = START_S,
    ) -> None:
        self._names = tuple(names)
        self._stack = find_stack()
        self._folder = folder or short_folder()
        self._patience_s = patience_s
        self._ipc = Path(IPC_FOLDER)
        self._holder: subprocess.Popen[str] | None = None
        self._daemon = 0
        self.ports: tuple[int, ...] = ()

    @property
    def socket(self) -> Path:
        """Where clients reach the service; the same through every restart."""
        return self._folder / SOCKET_NAME

    @property
    def log(self) -> str:
        """What the daemon said so far."""
        path = self._folder / "log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def start(self) -> None:
        """Start the service and wait until its readers listen.

        Raises:
            CardServiceGone: code `private_service_refused`, with what the system said.
        """
        ensure(self._holder is None, "a service is started once")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy(self._stack.driver, self._folder / "driver.so")
        bases = free_pairs(len(self._names))
        self.ports = tuple(port for base in bases for port in (base, base + 1))
        pairs = zip(self._names, map(str, bases), strict=True)
        daemon = self._place_daemon()
        self._holder = subprocess.Popen(
            [
                *(*self._stack.hide, "sh", str(HOLDER), str(self._folder), str(self._ipc)),
                *(word for pair in pairs for word in pair),
                *("--", *daemon),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        said = self._hear()
        if said != "ready":
            self._refused(said)
        self.restart()

    def use(self) -> None:
        """Point this process and its children at the service; before their first PC/SC call."""
        os.environ[SOCKET_VARIABLE] = str(self.socket)

    def kill(self) -> None:
        """Kill the daemon, as a crash would."""
        os.kill(self._daemon, signal.SIGKILL)
        _until(lambda: not self._answers(), self._patience_s)

    def restart(self) -> None:
        """Start the daemon, again if need be, at the same socket and ports.

        Raises:
            CardServiceGone: code `private_service_refused`: it did not come up in time.
        """
        holder = self._holder
        if holder is None or holder.stdin is None:
            raise CardServiceGone("private_service_refused", reason="not started")
        holder.stdin.write("start\n")
        holder.stdin.flush()
        said = self._hear()
        self._daemon = int(said) if said.isdigit() else 0
        if not self._daemon or not _until(self._ready, self._patience_s):
            self._refused(self.log[-400:] or said)

    def stop(self) -> None:
        """End the daemon and leave nothing behind; may be called twice."""
        holder, self._holder = self._holder, None
        if holder is not None:
            with holder:
                if holder.stdin is not None:
                    holder.stdin.close()
                try:
                    holder.wait(START_S)
                except subprocess.TimeoutExpired:
                    holder.kill()
        shutil.rmtree(self._folder, ignore_errors=True)
        if str(self._ipc) != IPC_FOLDER:
            shutil.rmtree(self._ipc, ignore_errors=True)

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def _place_daemon(self) -> tuple[str, ...]:
        if self._stack.hide:
            return self._stack.daemon
        pcscd, *options = self._stack.daemon
        copy, self._ipc = self._folder / "pcscd", folder_as_long_as(IPC_FOLDER)
        try:
            move_daemon(Path(pcscd), copy, self._ipc)
        except CardServiceGone:
            self.stop()
            raise
        self.socket.symlink_to(self._ipc / SOCKET_NAME)
        return (str(copy), *options)

    def _hear(self) -> str:
        holder = self._holder
        return "" if holder is None or holder.stdout is None else holder.stdout.readline().strip()

    def _refused(self, reason: str) -> None:
        self.stop()
        raise CardServiceGone("private_service_refused", reason=reason)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0

    def _ready(self) -> bool:
        return self._answers() and all(map(taken, self.ports))


def _until(condition: Callable[[], bool], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_S)
    return True
