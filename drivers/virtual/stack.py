"""What of the real PC/SC stack this system has, and how a private service may be hidden here."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cardstation.errors import CardServiceGone

SYSTEM_SOCKET = Path("/run/pcscd/pcscd.comm")
DRIVER_PLACES = ("/usr/lib/pcsc/drivers", "/usr/local/lib/pcsc/drivers", "/usr/lib64/pcsc/drivers")
PROBE_S = 10.0


@dataclass(frozen=True, slots=True)
class Stack:
    """The programs of the real stack.

    Attributes:
        daemon: The command of pcscd, without its configuration.
        driver: The vpcd driver's library.
        hide: The command that gives a program a mount namespace; empty: run it in the open.
    """

    daemon: tuple[str, ...]
    driver: Path
    hide: tuple[str, ...]


@cache
def find_stack() -> Stack:
    """Find pcscd, the vpcd driver and a way to hide them from the system's own service.

    Raises:
        CardServiceGone: code `pcscd_missing`, `virtual_driver_missing` or
            `private_service_refused`.
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


def system_service_runs() -> bool:
    """Something answers at the system's own PC/SC socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(SYSTEM_SOCKET)) == 0


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
    if os.geteuid() == 0 and not system_service_runs():
        return ()
    raise CardServiceGone("private_service_refused")
