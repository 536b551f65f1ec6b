"""How long a clerk waits: the second start of the desk, and what a command costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cardstation.errors import CardStationError
from drivers.virtual.service import SOCKET_VARIABLE, PrivateService
from tests.bench.row import Row
from tests.kit.desk import SAMPLES

RUNS = 5
ROOT = Path(__file__).parents[2]


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, _card_service() as environment:
        home = Path(folder)
        environment["CARDSTATION_HOME"] = folder
        _prepare(home, environment)
        nothing = _best_ms(["-c", "pass"], environment)
        return [
            _desk_row(environment),
            _command_row("cardstation --help", ["--help"], nothing, environment),
            _command_row("cardstation batch show", ["batch", "show"], nothing, environment),
            _command_row("cardstation verify", ["verify"], nothing, environment),
        ]


@contextmanager
def _card_service() -> Iterator[dict[str, str]]:
    """The environment of a desk: with a private card service where one can be had."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        service = PrivateService()
        service.start()
    except CardStationError:
        yield environment
        return
    try:
        yield {**environment, SOCKET_VARIABLE: str(service.socket)}
    finally:
        service.stop()


def _prepare(home: Path, environment: dict[str, str]) -> None:
    """An existing home: directory, list, one start of the window behind it."""
    directory, tariffs = SAMPLES / "households.csv", SAMPLES / "tariffs.json"
    _command(["directory", "import", str(directory), "--tariffs", str(tariffs)], environment)
    _command(["batch", "import", str(SAMPLES / "净月新城11月收卡.xlsx")], environment)
    _desk("desk", environment)
    assert (home / "station.db").exists()


def _desk_row(environment: dict[str, str]) -> Row:
    ours = min(_desk("desk", environment) for _ in range(RUNS))
    bare = min(_desk("bare", environment) for _ in range(RUNS))
    return Row("desk, second start until usable", ours, bare, "s", "bare Qt window, same font")


def _command_row(
    name: str, arguments: list[str], nothing: float, environment: dict[str, str]
) -> Row:
    ours = _best_ms(["-m", "tests.bench.command", *arguments], environment)
    return Row(name, ours, nothing, against="python -c pass")


def _best_ms(arguments: list[str], environment: dict[str, str]) -> float:
    return min(_run(arguments, environment)[0] for _ in range(RUNS)) * 1000


def _command(arguments: list[str], environment: dict[str, str]) -> None:
    _run(["-m", "tests.bench.command", *arguments], environment)


def _desk(which: str, environment: dict[str, str]) -> float:
    """Seconds from starting the process to a painted window that knows its reader."""
    began = time.monotonic()
    _, said = _run(["-m", "tests.bench.first_paint", which], environment)
    return float(json.loads(said)["usable_at"]) - began


def _run(arguments: list[str], environment: dict[str, str]) -> tuple[float, str]:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return time.monotonic() - began, done.stdout
