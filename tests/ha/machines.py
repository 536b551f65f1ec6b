"""Machines that are network namespaces on one switch: each can be unplugged, frozen, or lose power.

Everything lies in a network and a process namespace of this run (`tests.ha.__main__` enters them):
whatever happens, nothing of it outlives the run, and nobody else's processes are in reach.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

SWITCH = "cs-switch"
NETWORK = "10.77.0.0/24"
HERE = "10.77.0.254"


def ip(*words: str) -> None:
    """Run iproute2."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


def build_switch() -> None:
    """The switch that all machines hang on; this process has an address on it, too."""
    ip("link", "set", "lo", "up")
    ip("link", "add", SWITCH, "type", "bridge")
    ip("addr", "add", f"{HERE}/24", "dev", SWITCH)
    ip("link", "set", SWITCH, "up")


class Machine:
    """One machine: an address, a plug, and the processes that run on it.

    Args:
        number: From 1; makes its name and address.
    """

    def __init__(self, number: int) -> None:
        self.name = f"node{number}"
        self.address = f"10.77.0.{number}"
        self._plug = f"plug{number}"
        hold = ["unshare", "--net", "sh", "-c", "echo; exec sleep infinity"]
        self._holder = subprocess.Popen(hold, stdout=subprocess.PIPE)
        assert self._holder.stdout is not None
        self._holder.stdout.readline()
        self._net = f"/proc/{self._holder.pid}/ns/net"
        ip("link", "add", self._plug, "type", "veth", "peer", "name", "eth0")
        ip("link", "set", "eth0", "netns", str(self._holder.pid))
        ip("link", "set", self._plug, "master", SWITCH, "up")
        for words in ("addr add {}/24 dev eth0", "link set eth0 up", "link set lo up"):
            self.run("ip", *words.format(self.address).split())

    def run(self, *command: str) -> None:
        """Run something on it to its end."""
        subprocess.run(self.inside(command), check=True, capture_output=True)

    def inside(self, command: Sequence[str]) -> list[str]:
        """The command that runs a command on it."""
        return ["nsenter", f"--net={self._net}", "--", *command]

    def unplug(self) -> None:
        """Pull the plug: it and all on it go on, alone."""
        ip("link", "set", self._plug, "down")

    def plug(self) -> None:
        """Put the plug back."""
        ip("link", "set", self._plug, "up")

    def freeze(self) -> None:
        """Pause it, as a hypervisor does: it takes what is sent, and answers nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on; it does not know that time passed."""
        self._signal(signal.SIGCONT)

    def lose_power(self) -> None:
        """Kill all that runs on it at once. Its disk keeps what was forced to it."""
        self._signal(signal.SIGSTOP)
        self._signal(signal.SIGKILL)

    def processes(self) -> Iterator[int]:
        """All that runs on it."""
        inode = Path(self._net).stat().st_ino
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
                if (place / "ns" / "net").stat().st_ino == inode:
                    yield int(place.name)

    def _signal(self, number: signal.Signals) -> None:
        for pid in set(self.processes()) - {self._holder.pid}:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
