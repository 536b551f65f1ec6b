"""Commands without their start: a process that has imported everything forks for each of them.

Starting a command takes half a second of a processor, nearly all of it for imports; its sentences,
authorities and typeface take as long again, and a story asks dozens. Each still is a process of its
own, with its own folder, surroundings, input and outputs, and ends as it would. What is about the
start itself, stays open or is killed is started as its users do.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from cardstation.bootstrap import entry
from cardstation.i18n import LANGUAGES, translator

ROOT = Path(__file__).parents[2]
OFTEN = (
    "cardstation.cli.commands",
    "cardstation.cli.run",
    "cardstation.cli.central",
    "cardstation.bootstrap.centre",
    "cardstation.bootstrap.papers",
    "cardstation.papers",
    "cardstation.services.follow_orders",
    "cardstation.sync.feed_line",
    "encodings.idna",
    "httpcore",
    "smartcard.System",
)
"""What most of a story's commands import, at their start or when they need it."""
_MOST_BYTES = 1 << 17
_MOST_FILES = 1 << 12
_WIDE = 12
"""Of a number that is told."""


class Forked:
    """A running command; as much of `subprocess.Popen` as `tests.kit.e2e` asks of it."""

    def __init__(self, pid: int, told: int, pipes: Sequence[int]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._told = told
        self.stdin: IO[str] = os.fdopen(pipes[0], "w", encoding="utf-8")
        self.stdout: IO[str] = os.fdopen(pipes[1], encoding="utf-8")
        self.stderr: IO[str] = os.fdopen(pipes[2], encoding="utf-8")

    def wait(self, timeout: float) -> int:
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            self.returncode = int(os.read(self._told, _WIDE))
            os.close(self._told)
        return self.returncode

    def poll(self) -> int | None:
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, which: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, which)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def fork(command: Sequence[str], env: Mapping[str, str], cwd: Path) -> Forked:
    """Run the command line in a new process."""
    given, out, err, told = (os.pipe() for _ in range(4))
    said = json.dumps({"command": [*command], "env": dict(env), "cwd": str(cwd)}).encode()
    theirs = (given[0], out[1], err[1], told[1])
    socket.send_fds(_host(), [said], theirs)
    for one in theirs:
        os.close(one)
    return Forked(int(os.read(told[0], _WIDE)), told[0], (given[1], out[0], err[0]))


@cache
def _host() -> socket.socket:
    """The process that forks; it ends with this one."""
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        host = subprocess.Popen(
            [sys.executable, "-m", __name__, str(theirs.fileno())],
            cwd=ROOT,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def end() -> None:
        mine.close()
        host.wait()

    atexit.register(end)
    return mine


def _serve(asks: socket.socket) -> bool:
    """Fork for whoever asks: true in a child that is to run its command, false at the end."""
    running: dict[int, tuple[int, int]] = {}
    while True:
        for ready in select.select([asks.fileno(), *running], [], [])[0]:
            if ready != asks.fileno():
                pid, told = running.pop(ready)
                status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                _tell(told, status)
                os.close(told)
                os.close(ready)
                continue
            said, fds, _, _ = socket.recv_fds(asks, _MOST_BYTES, 4)
            if not said:
                return False
            pid = os.fork()
            if pid == 0:
                asks.detach()
                _become(json.loads(said), fds)
                return True
            _tell(fds[3], pid)
            running[os.pidfd_open(pid)] = (pid, fds[3])
            for one in fds[:3]:
                os.close(one)


def _tell(to: int, number: int) -> None:
    with suppress(BrokenPipeError):
        os.write(to, f"{number:<{_WIDE}}".encode())


def _become(asked: dict[str, Any], fds: Sequence[int]) -> None:
    """Nothing is left of the host but what it imported."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for place, fd in enumerate(fds[:3]):
        os.dup2(fd, place)
    os.closerange(3, _MOST_FILES)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.argv = [*asked["command"]]


def read_before() -> None:
    """The files of the program itself, as each command would find them."""
    from cardstation.papers.typeface import BOLD, REGULAR, face
    from cardstation.sync.trust import trusted

    trusted()
    for lang in LANGUAGES:
        translator(lang)
    for weight in (REGULAR, BOLD):
        face(weight)


def _teller() -> None:
    from tests.kit.teller import serve

    serve()


def main() -> None:
    """Import and read what every command does, and wait."""
    programs = {
        "cardstation": entry.cli,
        "cardstation-central": entry.central,
        "teller": _teller,
    }
    entry.doors()
    for module in OFTEN:
        import_module(module)
    read_before()
    assert threading.active_count() == 1, "a fork takes no thread along"
    gc.collect()
    gc.freeze()
    if _serve(socket.socket(fileno=int(sys.argv[1]))):
        programs[Path(sys.argv[0]).name]()


if __name__ == "__main__":
    main()
