"""A private PostgreSQL cluster in a folder: made on first use, up in a fraction of a second.

It listens on a Unix socket only, in a folder nobody else may enter, and never outlives the process
that started it. initdb refuses to run as root; `lesser_user` gives it a lesser one.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

from cardstation.central.binaries import lesser_user, own, postgres_binaries
from cardstation.errors import Mishap, StationBusy

OWNER = "cardstation_owner"
SERVICE = "cardstation_service"
DATABASE = "cardstation"
PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}.lock"
FAST_SHUTDOWN_S = 3.0
SOCKET_PATH_LIMIT = 107  # sun_path of unix(7) without the closing zero byte

_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_connections": "40",
    "max_locks_per_transaction": "512",
    "shared_buffers": "32MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
}

# The leash: the server runs beside a reader of our pipe. When we stop or are killed the pipe
# closes, and the server is told to shut down fast. Descriptor 3 is the pipe.
_LEASH = """
exec 3<&0
folder=$1; shift
"$@" </dev/null 3<&- &
server=$!
{ read -r _ <&3; kill -INT "$server"; } 2>/dev/null &
reader=$!
wait "$server"
status=$?
kill "$reader" 2>/dev/null
[ -z "$folder" ] || rmdir "$folder" 2>/dev/null
exit "$status"
"""


class EmbeddedPostgres:
    """One cluster in one folder, for one owner at a time.

    Args:
        folder: Holds `data` (the cluster), `postgres.log`, `lock` and, when the path is short
            enough for a socket, `s`.
        patience_s: Longest time to wait for a start or a stop.
    """

    def __init__(self, folder: Path, *, patience_s: float = 30.0) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self._patience_s = patience_s
        self._open = ExitStack()
        self._server: subprocess.Popen[bytes] | None = None
        self._sockets = Path()

    def start(self) -> str:
        """Make the cluster when it is missing, start it, and return the service's DSN.

        Raises:
            StationBusy: another process runs this cluster.
            Mishap: `postgres_missing`, `postgres_needs_user`, `postgres_failed`.
        """
        with ExitStack() as undo:
            undo.callback(self.stop)
            self._lock()
            binaries = postgres_binaries()
            wrap = lesser_user(self.folder)
            self._make(binaries, wrap.command, wrap.uid)
            self._end_orphan()
            self._sockets, temporary = self._socket_folder(wrap.uid)
            self._launch(binaries, wrap.command, temporary)
            self._wait_until_ready()
            undo.pop_all()
        return self.dsn(SERVICE)

    def dsn(self, user: str, database: str = DATABASE) -> str:
        """Address of a database of the running cluster, for SQLAlchemy."""
        return f"postgresql+psycopg://{user}@/{database}?host={self._sockets}&port={PORT}"

    def running(self) -> str:
        """The service's DSN when another process runs this cluster, else empty."""
        pid, place = self._told()
        if not (place and _serves(pid, self.data)):
            return ""
        self._sockets = Path(place)
        return self.dsn(SERVICE)

    def stop(self) -> None:
        """Shut down fast (open transactions are undone) and let go of the folder."""
        if self._server is not None:
            if self._server.stdin is not None:
                self._server.stdin.close()
            try:
                self._server.wait(self._patience_s)
            except subprocess.TimeoutExpired:
                os.killpg(self._server.pid, signal.SIGQUIT)
                self._server.wait(self._patience_s)
            self._server = None
        self._open.close()

    def _lock(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        held: IO[bytes] = self._open.enter_context((self.folder / "lock").open("ab"))
        until = time.monotonic() + 3.0
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise StationBusy("ledger_busy", folder=str(self.folder)) from None
                time.sleep(0.05)
            else:
                return

    def _make(self, binaries: Path, wrap: list[str], uid: int) -> None:
        """Run initdb beside the final place and rename: a cut start leaves no half cluster."""
        for cut in self.folder.glob("new-*"):
            shutil.rmtree(cut)
        if not self.data.exists():
            draft = Path(tempfile.mkdtemp(prefix="new-", dir=self.folder))
            own(draft, uid)
            self._run(
                [
                    *(*wrap, str(binaries / "initdb"), "-D", str(draft), "-k", "-A", "trust"),
                    *("-U", OWNER, "-E", "UTF8", "--locale=C", "--no-instructions"),
                ]
            )
            draft.rename(self.data)
            place = os.open(self.folder, os.O_RDONLY)
            os.fsync(place)
            os.close(place)
        own(self.data, uid)

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            command, cwd="/", capture_output=True, stdin=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise Mishap("postgres_failed", said=said[-1] if said else "", log=str(self.log))

    def _end_orphan(self) -> None:
        """Deal with what a killed owner left: a server still stopping, or a stale pid file.

        A fast shutdown that meets the restart after a killed backend never ends (PostgreSQL 15.18,
        tests/e2e/test_ledger_killed.py); the immediate one does, and loses nothing committed.
        """
        began = time.monotonic()
        orders = {signal.SIGINT: 0.0, signal.SIGQUIT: FAST_SHUTDOWN_S}
        while (pid := self._told()[0]) and _serves(pid, self.data):
            waited = time.monotonic() - began
            if waited > self._patience_s:
                raise StationBusy("ledger_busy", folder=str(self.folder))
            for order in [one for one, after in orders.items() if waited >= after]:
                del orders[order]
                with suppress(ProcessLookupError):
                    os.kill(pid, order)
            time.sleep(0.02)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _told(self) -> tuple[int, str]:
        """Who runs the cluster and where its socket lies; 0 and empty where that is not told.

        Line 1 is the process, line 5 the socket's folder (PostgreSQL, src/include/utils/pidfile.h);
        read at once, for the server writes them one by one and takes the file away as it ends.
        """
        try:
            lines = (self.data / "postmaster.pid").read_text("utf-8").split("\n")
            return int(lines[0]), lines[4] if len(lines) > 5 else ""
        except (FileNotFoundError, ValueError):
            return 0, ""

    def _socket_folder(self, uid: int) -> tuple[Path, str]:
        """The folder of the socket, and its name again when it is a temporary one."""
        near = self.folder / "s"
        temporary = len(os.fsencode(near / SOCKET_NAME)) > SOCKET_PATH_LIMIT
        # The system's own folder, not TMPDIR, which may be long; mkdtemp makes it 0700.
        folder = Path(tempfile.mkdtemp(prefix="cs-pg-", dir="/tmp")) if temporary else near
        folder.mkdir(exist_ok=True, mode=0o700)
        folder.chmod(stat.S_IRWXU)
        own(folder, uid)
        return folder, str(folder) if temporary else ""

    def _launch(self, binaries: Path, wrap: list[str], temporary: str) -> None:
        settings = {**_SETTINGS, "unix_socket_directories": str(self._sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = [str(binaries / "postgres"), "-D", str(self.data), *options]
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(
                [*wrap, "/bin/sh", "-c", _LEASH, "leash", temporary, *server],
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + self._patience_s
        pid_file = self.data / "postmaster.pid"
        while True:
            if self._server is None or self._server.poll() is not None or time.monotonic() > until:
                raise Mishap("postgres_failed", said=self._last_words(), log=str(self.log))
            try:
                lines = pid_file.read_text("ascii").split("\n")
            except FileNotFoundError:
                lines = []
            # Line 8 is the server's state (PostgreSQL, src/include/utils/pidfile.h).
            if len(lines) > 7 and lines[7].strip() == "ready":
                return
            time.sleep(0.01)

    def _last_words(self) -> str:
        lines = self.log.read_text("utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else ""


def _serves(pid: int, data: Path) -> bool:
    """Whether a process is alive and works in the cluster's folder (a pid may be reused)."""
    try:
        place = Path(f"/proc/{pid}/cwd").readlink()
    except (FileNotFoundError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return place == data.resolve()
