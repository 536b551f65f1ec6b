"""The product as its users start it: processes of the installed commands, heard line by line.

Every story has a data folder of its own and its own card service and ledger; every process is
ended and reaped when the story ends, however it ends. Nothing here sleeps: waiting is for a line
said by a process, for its end, or for a change in the data folder, each with a deadline.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any, Self

import pytest

from cardstation.bootstrap.rack_socket import call_rack, note_of
from cardstation.central.serve import embedded_postgres
from cardstation.errors import Mishap
from tests.kit.made_cluster import begin_cluster
from tests.kit.pcsc import need_real_stack, until
from tests.kit.proven import not_proven
from tests.kit.warm_start import Forked, fork

SCRIPTS = Path(sys.executable).parent
PATIENCE_S = 60.0
CARD_SERVICE = "PCSCLITE_CSOCK_NAME"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a finished command said."""

    command: str
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON object it must be."""
        return json.loads(self.out)

    def __str__(self) -> str:
        return f"$ {self.command}\n[{self.status}]\n{self.out}\n{self.err}"


@dataclass
class Voice:
    """One output of a process, read as it comes."""

    stream: IO[str]
    lines: list[str] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)
    over: bool = False

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        for line in self.stream:
            with self.news:
                self.lines.append(line)
                self.news.notify_all()
        with self.news:
            self.over = True
            self.news.notify_all()

    def wait_for(self, text: str, after: int, deadline: float) -> str | None:
        """The first line from number `after` on that contains `text`; None: it never came."""
        with self.news:
            while True:
                found = next((line for line in self.lines[after:] if text in line), None)
                left = deadline - time.monotonic()
                if found is not None or self.over or left <= 0:
                    return found
                self.news.wait(left)

    @property
    def text(self) -> str:
        """Everything so far."""
        return "".join(self.lines)


def started(command: Sequence[str], env: Mapping[str, str], cwd: Path) -> subprocess.Popen[str]:
    """A command as its users start it."""
    return subprocess.Popen(
        # A test run in the background has Ctrl+C switched off; a desk has not.
        ["env", "--default-signal=INT", *command],
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


class Process:
    """A running command."""

    def __init__(self, command: Sequence[str], child: subprocess.Popen[str] | Forked) -> None:
        self.command = " ".join(command[1:])
        self._child = child
        assert self._child.stdout is not None
        assert self._child.stderr is not None
        self.out, self.err = Voice(self._child.stdout), Voice(self._child.stderr)

    @property
    def alive(self) -> bool:
        """It has not ended."""
        return self._child.poll() is None

    def heard(self, text: str, *, out: bool = False, after: int = 0) -> str:
        """Wait for a line that contains `text` on standard error (or output)."""
        voice = self.out if out else self.err
        found = voice.wait_for(text, after, time.monotonic() + PATIENCE_S)
        assert found is not None, f"never said {text!r}:\n{self.told()}"
        return found

    def told(self) -> Answer:
        """What it said so far."""
        status = self._child.returncode
        return Answer(self.command, -99 if status is None else status, self.out.text, self.err.text)

    def answer(self, *, given: str = "") -> Answer:
        """Wait for its end, with `given` on its standard input."""
        assert self._child.stdin is not None
        if given:
            self._child.stdin.write(given)
        self._child.stdin.close()
        try:
            self._child.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.close()
            pytest.fail(f"did not end:\n{self.told()}")
        self._let_go()
        return self.told()

    def interrupt(self) -> Answer:
        """Ctrl+C, and wait for its end."""
        self._child.send_signal(signal.SIGINT)
        return self.answer()

    def say(self, line: str) -> None:
        """A line on its standard input."""
        assert self._child.stdin is not None
        self._child.stdin.write(f"{line}\n")
        self._child.stdin.flush()

    def strike(self) -> None:
        """Kill it without waiting for its end: it may stand in a call that does not return yet."""
        self._child.kill()

    def kill(self) -> Answer:
        """Kill it where it stands (SIGKILL) and reap it."""
        self._child.kill()
        self._child.wait(PATIENCE_S)
        self._let_go()
        return self.told()

    def close(self) -> None:
        """Interrupt it, kill it when that does not help, reap it; may be called twice."""
        if self.alive:
            self._child.send_signal(signal.SIGTERM)
            try:
                self._child.wait(PATIENCE_S / 4)
            except subprocess.TimeoutExpired:
                os.killpg(self._child.pid, signal.SIGKILL)
                self._child.wait(PATIENCE_S)
        self._let_go()

    def _let_go(self) -> None:
        for voice in (self.out, self.err):
            voice.thread.join(PATIENCE_S)
            voice.stream.close()
        if self._child.stdin is not None and not self._child.stdin.closed:
            self._child.stdin.close()


@dataclass(frozen=True, slots=True)
class Served:
    """A ledger service that answers."""

    process: Process
    url: str
    code: str
    token: str

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rsplit(":", 1)[1])


class Desk:
    """One station on a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self._open = ExitStack()
        self._rack: Process | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def env(self) -> dict[str, str]:
        """Nothing of ours, and never the card service of the machine."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("CARDSTATION_") or name == "CARDSTATION_PG_BIN"
        }
        kept |= {"CARDSTATION_HOME": str(self.home), "HOME": str(self.folder)}
        kept |= {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        kept |= {"QT_QPA_PLATFORM": "offscreen", CARD_SERVICE: str(self.folder / "no-service")}
        if self._rack is not None:
            del kept[CARD_SERVICE]
        return kept

    def start(self, *words: object, program: str = "cardstation", **env: str) -> Process:
        """Start a command."""
        return self._started([str(SCRIPTS / program), *map(str, words)], env)

    def _started(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        begin: Callable[..., subprocess.Popen[str] | Forked] = started,
    ) -> Process:
        process = Process(command, begin(command, {**self.env, **env}, self.folder))
        self._open.callback(process.close)
        return process

    def module(self, name: str, *words: object, **env: str) -> Process:
        """Start a module, as `./dev` does."""
        return self._started([sys.executable, "-m", name, *map(str, words)], env)

    def ask(
        self, *words: object, program: str = "cardstation", given: str = "", **env: str
    ) -> Answer:
        """Run a command to its end, in a process that imported before what every command does."""
        command = [str(SCRIPTS / program), *map(str, words)]
        return self._started(command, env, fork).answer(given=given)

    def kept(self, program: str) -> Process:
        """Start a program of the process that imported before; it lasts as long as the story."""
        return self._started([program], {}, fork)

    def run(self, *words: object, status: int = 0, given: str = "", **env: str) -> Any:
        """Ask with `--json` and return the one object; the exit status must be `status`."""
        answer = self.ask(*words, "--json", given=given, **env)
        assert answer.status == status, str(answer)
        return answer.json

    def rack(self, *words: object) -> Any:
        """Serve a rack of virtual cards on a private card service; returns its ready line."""
        need_real_stack()
        rack = self.start("training", "rack", "serve", *words)
        ready = json.loads(rack.heard("pcsc_socket", out=True))
        self._rack = rack
        assert until(lambda: note_of(self.home) is not None)
        return ready

    def kill_rack(self) -> None:
        """kill -9 the rack; its card service dies with it."""
        assert self._rack is not None
        rack, self._rack = self._rack, None
        rack.kill()

    def rack_ended(self) -> Answer:
        """What the rack said, once it has ended by itself."""
        assert self._rack is not None
        rack, self._rack = self._rack, None
        return rack.answer()

    def clear_rack(self) -> None:
        """End the rack and its card service."""
        if self._rack is not None:
            self._rack.close()
            self._rack = None

    def hand(self, do: str, **request: object) -> dict[str, object]:
        """Move the rack's hands at once, without the half second a command takes to start."""
        return call_rack(self.home, {"do": do, **request})

    def insert(self, card: str, *, pull_after: int | None = None, slot: int = 1) -> None:
        """Lay a card into a reader, and wait until that sees it.

        A command that starts before would still see the card that was pulled.
        """
        self.hand("insert", card=card, pull_after=pull_after, slot=slot)
        assert until(partial(self._noticed, slot), PATIENCE_S)

    def _noticed(self, slot: int) -> bool:
        seen = self.hand("list")["noticed"]
        return isinstance(seen, list) and bool(seen[slot - 1])

    def pull(self) -> None:
        """Take it out."""
        self.hand("pull")

    def centre(self, port: int = 0) -> Served:
        """Start the central ledger over an embedded cluster."""
        home = self.folder / "centre"
        with suppress(Mishap):  # the service itself says what is missing
            begin_cluster(embedded_postgres(home))
        words = ("serve", "--embedded", "--json", "--port", port, "--home", home)
        process = self.start(*words, program="cardstation-central")
        line = process.out.wait_for("{", 0, time.monotonic() + PATIENCE_S)
        if line is None and "postgres_missing" in process.err.text:
            not_proven("no PostgreSQL here")
        assert line is not None, str(process.told())
        said = json.loads(line)
        return Served(process, said["url"], said["enrolment_code"], said["admin_token"])
