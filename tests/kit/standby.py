"""PostgreSQL servers that follow each other: cut off, killed, promoted."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic

import psycopg

from cardstation.central import serve
from cardstation.central.binaries import lesser_user, own, postgres_binaries
from cardstation.central.embedded import DATABASE, OWNER, PORT, SERVICE, EmbeddedPostgres

PAUSE = Event()
PATIENCE_S = 30.0
NAME = "second"


class Member:
    """One server in a folder, reached by a socket in it.

    Args:
        folder: Holds `data` and the socket.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._data = folder / "data"
        folder.mkdir(mode=0o700)
        self._lesser = lesser_user(folder)
        self._child: subprocess.Popen[bytes] | None = None
        self._frozen = 0

    def become_first(self) -> None:
        """Make an empty ledger, its cluster stopped; `start` follows."""
        made = EmbeddedPostgres(self.folder)
        made.start()
        try:
            serve.prepare(made.dsn(OWNER, "postgres"))
        finally:
            made.stop()

    def follow(self, other: Member) -> None:
        """Copy a running server and follow it; `start` follows."""
        backup = [str(postgres_binaries() / "pg_basebackup"), "--no-sync", "-c", "fast", "-R"]
        line = f"host={other.folder} port={PORT} user={OWNER} application_name={NAME}"
        own(self.folder, self._lesser.uid)
        command = [*self._lesser.command, *backup, "-d", line, "-D", str(self._data)]
        subprocess.run(command, check=True, capture_output=True, cwd="/")

    def start(self) -> None:
        """Start it, and wait until it may be read."""
        settings = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.folder),
            "shared_buffers": "16MB",
            "jit": "off",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = [str(postgres_binaries() / "postgres"), "-D", str(self._data), *options]
        with (self.folder / "log").open("ab") as log:
            self._child = subprocess.Popen(
                [*self._lesser.command, *server], cwd="/", stdout=log, stderr=log
            )
        wait_until(self._answers)

    def ask(self, query: str) -> object:
        """The first value of a query's first row, as the owner."""
        line = f"host={self.folder} port={PORT} user={OWNER} dbname={DATABASE}"
        with psycopg.connect(line, autocommit=True) as connection:
            row = connection.execute(query).fetchone()  # type: ignore[arg-type]  # ours
        return row[0] if row else None

    def wait_for_standby(self, *, synchronous: bool) -> None:
        """From now on a commit waits, or does not, for the standby that follows."""
        wait_until(lambda: self.ask("SELECT 1 FROM pg_stat_replication") is not None)
        with psycopg.connect(
            f"host={self.folder} port={PORT} user={OWNER} dbname={DATABASE}", autocommit=True
        ) as connection:
            connection.execute("SET synchronous_commit = local")
            named = NAME if synchronous else ""
            connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{named}'")
            connection.execute("SELECT pg_reload_conf()")
        wanted = "sync" if synchronous else "async"
        state = "SELECT sync_state FROM pg_stat_replication"
        wait_until(lambda: self.ask(state) == wanted)

    def cut_off(self) -> None:
        """From now on its standby hears nothing of it, and neither of them knows."""
        sender = self.ask("SELECT pid FROM pg_stat_replication")
        assert isinstance(sender, int)
        os.kill(sender, signal.SIGSTOP)
        self._frozen = sender

    def kill(self) -> None:
        """Kill it where it stands, with what it had not sent."""
        assert self._child is not None
        self._child.kill()
        self._child.wait()
        if self._frozen:
            os.kill(self._frozen, signal.SIGKILL)

    def promote(self) -> None:
        """Let it lead."""
        self.ask("SELECT pg_promote()")

    def stop(self) -> None:
        """End it, whatever it does."""
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(signal.SIGQUIT)
            self._child.wait()

    def _answers(self) -> bool:
        assert self._child is not None
        assert self._child.poll() is None, (self.folder / "log").read_text("utf-8")
        try:
            return self.ask("SELECT 1") == 1
        except psycopg.OperationalError:
            return False


def dsn_of(*members: Member) -> str:
    """Address of whichever of them leads."""
    hosts = ",".join(str(one.folder) for one in members)
    ports = ",".join(str(PORT) for _ in members)
    where = f"host={hosts}&port={ports}&target_session_attrs=read-write"
    return f"postgresql+psycopg://{SERVICE}@/{DATABASE}?{where}"


def wait_until(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until = monotonic() + PATIENCE_S
    while not what():
        assert monotonic() < until
        PAUSE.wait(0.02)
