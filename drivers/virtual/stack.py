"""What of the real PC/SC stack this system has, and how a private service may be hidden here."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cardstation.errors import CardServiceGone, ensure

IPC_FOLDER = "/run/pcscd"
"""Where pcscd puts its socket; compiled in, on Debian and its relatives here."""
DRIVER_FOLDER = "/usr/lib/pcsc/drivers"
DRIVER_PLACES = (DRIVER_FOLDER, "/usr/local/lib/pcsc/drivers", "/usr/lib64/pcsc/drivers")
PROBE_S = 10.0


@dataclass(frozen=True, slots=True)
class Stack:
    """The programs of the real stack.

    Attributes:
        daemon: The command of pcscd, without its configuration.
        driver: The vpcd driver's library.
        hide: The command that gives a program a mount namespace of its own; empty: none can be
            had here (a chroot, a container without rights) and a moved copy is used.
    """

    daemon: tuple[str, ...]
    driver: Path
    hide: tuple[str, ...]


@cache
def find_stack() -> Stack:
    """Find pcscd, the vpcd driver and a way to hide them from the system's own service.

    Raises:
        CardServiceGone: code `pcscd_missing` or `virtual_driver_missing`.
    """
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    pcscd = shutil.which("pcscd", path=path)
    if pcscd is None:
        raise CardServiceGone("pcscd_missing")
    return Stack(_daemon(pcscd), _driver(), _hide())


def real_stack_available() -> str | None:
    """None when a private service can be started here, else the code of the reason."""
    try:
        find_stack()
    except CardServiceGone as error:
        return error.code
    return None


def move_daemon(pcscd: Path, copy: Path, ipc: Path) -> None:
    """Make a copy of pcscd that keeps its socket elsewhere and looks for no USB readers.

    The two folders are compiled into the program, so the copy has other names of the same length
    in their place. It needs no rights whatever.

    Args:
        pcscd: The installed program.
        copy: Where the copy goes.
        ipc: The other folder, with a path as long as `IPC_FOLDER`.

    Raises:
        CardServiceGone: code `private_service_refused`: this pcscd was built otherwise.
    """
    program, old = pcscd.read_bytes(), IPC_FOLDER.encode()
    ensure(len(str(ipc)) == len(IPC_FOLDER), "the moved folder has a name of the same length")
    if old not in program:
        raise CardServiceGone("private_service_refused", reason=f"{pcscd} without {IPC_FOLDER}")
    nowhere = DRIVER_FOLDER[:-1].encode() + b"-"
    program = program.replace(old, str(ipc).encode()).replace(DRIVER_FOLDER.encode(), nowhere)
    copy.write_bytes(program)
    copy.chmod(0o700)


def _daemon(pcscd: str) -> tuple[str, ...]:
    # pcscd >= 2.0 asks polkit, which knows nothing of a private service.
    offered = subprocess.run([pcscd, "--help"], capture_output=True, text=True, check=False).stdout
    return (pcscd, "--disable-polkit") if "--disable-polkit" in offered else (pcscd,)


def _driver() -> Path:
    for place in DRIVER_PLACES:
        for driver in sorted(Path(place).rglob("libifdvpcd.so*")):
            return driver.resolve()
    raise CardServiceGone("virtual_driver_missing")


def _hide() -> tuple[str, ...]:
    ways = [("unshare", "-m"), ("unshare", "-Urm")]
    for way in ways if os.geteuid() == 0 else ways[1:]:
        try:
            probe = subprocess.run(
                [*way, "mount", "-t", "tmpfs", "none", "/run"],
                capture_output=True,
                check=False,
                timeout=PROBE_S,
            )
        except (FileNotFoundError, subprocess.TimeoutExpired):
            continue
        if probe.returncode == 0:
            return way
    return ()
