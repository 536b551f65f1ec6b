"""A private CUPS with one queue, whose printer goes through whatever a test wants."""

from __future__ import annotations

import getpass
import os
import subprocess
import time
from pathlib import Path

DAEMON, PROGRAMS = Path("/usr/sbin/cupsd"), Path("/usr/lib/cups")
BACKEND = """#!/bin/sh
[ $# -gt 0 ] || {{ echo 'direct fake:/ "fake" "fake"'; exit 0; }}
cat >/dev/null
case "$(cat {mode})" in
ok) echo 'STATE: -media-empty-error' >&2;;
empty) echo 'STATE: +media-empty-error' >&2; exec sleep 60;;
hangs) exec sleep 60;;
stops) exit 4;;
refuses) exit 5;;
esac
"""
CONF = """Listen {home}/sock
DefaultAuthType None
<Policy default>
<Limit All>
Order allow,deny
Allow all
</Limit>
</Policy>
"""
FILES = """User {user}
Group lp
SystemGroup root
ServerRoot {home}/etc
ServerBin {home}/bin
CacheDir {home}/cache
StateDir {home}/state
RequestRoot {home}/spool
TempDir {home}/spool/tmp
AccessLog {home}/access
ErrorLog {home}/error
PageLog {home}/page
"""


class Cups:
    """A private CUPS with the queue `office`, whose printer does as `mode` says."""

    def __init__(self, home: Path) -> None:
        self._mode, self.home, self.socket = home / "mode", home, home / "sock"
        for name in ("etc", "bin/backend", "cache", "state", "spool/tmp"):
            (home / name).mkdir(parents=True)
        (home / "bin/daemon").symlink_to(PROGRAMS / "daemon")
        backend = home / "bin/backend/fake"
        backend.write_text(BACKEND.format(mode=self._mode))
        backend.chmod(0o700)
        user = "lp" if os.getuid() == 0 else getpass.getuser()
        (home / "etc/cupsd.conf").write_text(CONF.format(home=home))
        (home / "etc/cups-files.conf").write_text(FILES.format(home=home, user=user))
        self.mode("ok")

    def start(self) -> subprocess.Popen[bytes]:
        """Serve, and make the queue."""
        etc = self.home / "etc"
        words = [DAEMON, "-f", "-c", etc / "cupsd.conf", "-s", etc / "cups-files.conf"]
        served = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while not self.socket.exists():
            assert served.poll() is None
            assert time.monotonic() < end
        self.run("lpadmin", "-p", "office", "-v", "fake:/", "-m", "raw", "-E")
        return served

    def mode(self, mode: str) -> None:
        self._mode.write_text(mode)

    def run(self, command: str, *words: str) -> None:
        """One command of an administrator."""
        path = next(p for p in (Path("/usr/sbin"), Path("/usr/bin")) if (p / command).exists())
        subprocess.run([path / command, *words], check=True, capture_output=True)
