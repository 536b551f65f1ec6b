"""The private cluster: quick, private, one owner, and gone when its owner is."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import create_engine, text

from cardstation.central import binaries, doorway, embedded, serve
from cardstation.central.embedded import OWNER, EmbeddedPostgres
from cardstation.central.process import CentralProcess
from cardstation.cli.central import main
from cardstation.errors import Mishap, Refusal, StationBusy
from cardstation.sync.centre_desk import CentreDesk
from cardstation.sync.http_ledger import HttpLedger
from tests.kit.facts import Chain
from tests.kit.postgres import TestKey, TestPin
from tests.kit.proven import not_proven

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("real")]

PAUSE = threading.Event()
START = (
    "import sys, time; from pathlib import Path\n"
    "from cardstation.central.embedded import EmbeddedPostgres\n"
    "postgres = EmbeddedPostgres(Path(sys.argv[1])); postgres.start()\n"
    "print('up', flush=True); sys.stdin.read()\n"
)


@pytest.fixture
def real() -> None:
    try:
        binaries.postgres_binaries()
    except Mishap as missing:
        not_proven(f"no PostgreSQL here: {missing}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pg"


def ask(postgres: EmbeddedPostgres, query: str) -> str:
    engine = create_engine(postgres.dsn(OWNER, "postgres"))
    with engine.connect() as connection:
        found = str(connection.scalar(text(query)))
    engine.dispose()
    return found


def server_pid(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text("ascii").split("\n", 1)[0])


def gone(pid: int, patience_s: float = 10) -> bool:
    until = monotonic() + patience_s
    while monotonic() < until:
        PAUSE.wait(0.01)
        with suppress(ProcessLookupError, FileNotFoundError):
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z":
                continue
        return True
    return False


def test_a_cluster_is_made_used_and_used_again(folder: Path) -> None:
    postgres = EmbeddedPostgres(folder)
    postgres.start()
    assert stat.S_IMODE((folder / "s").stat().st_mode) == 0o700 or len(str(folder)) > 70
    assert ask(postgres, "SHOW listen_addresses") == ""
    assert ask(postgres, "SHOW data_checksums") == "on"
    assert ask(postgres, "SHOW fsync") == "on"
    ask(postgres, "SELECT 1 FROM (SELECT set_config('x.y', '1', false)) AS done")
    made = (folder / "data" / "PG_VERSION").stat().st_mtime_ns
    postgres.stop()
    postgres.start()
    assert (folder / "data" / "PG_VERSION").stat().st_mtime_ns == made
    postgres.stop()
    assert not (folder / "data" / "postmaster.pid").exists()


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("long-" * 20)
    postgres = EmbeddedPostgres(folder)
    try:
        dsn = postgres.start()
        assert "host=/tmp/cs-pg-" in dsn
        assert ask(postgres, "SELECT 1") == "1"
    finally:
        postgres.stop()
    place = dsn.partition("host=")[2].partition("&")[0]
    assert not Path(place).exists()


def test_a_second_owner_is_refused_but_may_look(folder: Path) -> None:
    first, second = EmbeddedPostgres(folder), EmbeddedPostgres(folder)
    assert second.running() == ""
    dsn = first.start()
    try:
        assert second.running() == dsn
        with pytest.raises(StationBusy, match="ledger_busy"):
            second.start()
        assert ask(first, "SELECT 1") == "1"
    finally:
        first.stop()


def test_a_server_that_is_gone_or_not_yet_there_runs_nowhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = EmbeddedPostgres(folder), EmbeddedPostgres(folder)
    place, asked = folder / "data" / "postmaster.pid", embedded._serves

    def ends(pid: int, data: Path) -> bool:
        found = asked(pid, data)
        place.unlink()  # the server takes its file away between two looks
        return found

    dsn = first.start()
    told = place.read_text("utf-8")
    try:
        monkeypatch.setattr(embedded, "_serves", ends)
        assert second.running() in ("", dsn)
        monkeypatch.undo()
        for lines in range(6):
            place.write_text("".join(told.splitlines(keepends=True)[:lines]), "utf-8")
            assert second.running() in ("", dsn)
    finally:
        place.write_text(told, "utf-8")
        first.stop()


def test_a_killed_owner_takes_its_server_along(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"up\n"
        pid = server_pid(folder)
        owner.kill()
    assert gone(pid)
    postgres = EmbeddedPostgres(folder)
    postgres.start()
    postgres.stop()


def test_a_server_killed_with_its_leash_leaves_a_pid_file_that_is_no_obstacle(
    folder: Path,
) -> None:
    postgres = EmbeddedPostgres(folder)
    postgres.start()
    pid = server_pid(folder)
    os.kill(pid, signal.SIGKILL)
    assert gone(pid)
    postgres.stop()
    assert (folder / "data" / "postmaster.pid").exists()
    postgres.start()
    assert ask(postgres, "SELECT 1") == "1"
    postgres.stop()


def test_an_orphan_server_is_ended_first(folder: Path) -> None:
    """Its leash was killed too: nobody owns the folder, and the server still runs."""
    with subprocess.Popen(
        [sys.executable, "-c", START, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        pid = server_pid(folder)
        parent = int(Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[1])
        leash = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()
        for other in {*map(int, leash), parent} - {pid}:
            os.kill(other, signal.SIGKILL)
        owner.kill()
    postgres = EmbeddedPostgres(folder)
    postgres.start()
    assert server_pid(folder) != pid
    assert gone(pid)
    postgres.stop()


def test_a_stale_pid_file_that_names_a_stranger_is_removed(folder: Path) -> None:
    postgres = EmbeddedPostgres(folder)
    postgres.start()
    postgres.stop()
    (folder / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n/x\n0\n5432\n/x\n\n0\nready\n")
    postgres.start()
    assert ask(postgres, "SELECT 1") == "1"
    postgres.stop()


def test_a_half_made_cluster_is_made_again(folder: Path) -> None:
    (folder / "new-cut").mkdir(parents=True)
    (folder / "new-cut" / "PG_VERSION").write_text("15")
    postgres = EmbeddedPostgres(folder)
    postgres.start()
    postgres.stop()
    assert not list(folder.glob("new-*"))


def test_without_postgresql_it_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_DEBIAN", Path("/nowhere"))
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Mishap, match="postgres_missing"):
        EmbeddedPostgres(folder).start()


def test_the_programs_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_place = binaries.postgres_binaries()
    (tmp_path / "bin").symlink_to(real_place)
    monkeypatch.setenv("CARDSTATION_PG_BIN", str(tmp_path / "bin"))
    assert binaries.postgres_binaries() == tmp_path / "bin"


def test_the_service_runs_beside_us_and_dies_with_us(tmp_path: Path) -> None:
    with CentralProcess(tmp_path) as service:
        key, pin = TestKey(), TestPin()
        ledger = HttpLedger(service.url, "S001", key, pin)
        ledger.enrol(service.enrolment_code)
        ledger.push(Chain().sale(), ledger.head().nonce)
        assert CentreDesk(service.url, service.admin_token).totals().entries == 3
        server = server_pid(tmp_path / "central")
        service.kill()
        assert gone(server)
        ledger.close()
    with CentralProcess(tmp_path) as service:
        ledger = HttpLedger(service.url, "S001", key, pin)
        assert ledger.head().last_seq == 3
        ledger.close()
        server = server_pid(tmp_path / "central")
    assert gone(server, 0.1)


def test_the_command_line_shows_totals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with CentralProcess(tmp_path) as service:
        ledger = HttpLedger(service.url, "S001", TestKey(), TestPin())
        ledger.enrol(service.enrolment_code)
        ledger.push(Chain().sale(), ledger.head().nonce)
        ledger.close()
        assert main(["totals", "--home", str(tmp_path), "--json"]) == 0
    live = json.loads(capsys.readouterr().out)
    assert (live["classes"]["gas_sold"], live["disagreements"]) == (-3_000, [])
    assert main(["totals", "--home", str(tmp_path)]) == 0
    assert "the books agree" in capsys.readouterr().out


def test_a_service_that_cannot_start_says_why(tmp_path: Path) -> None:
    with CentralProcess(tmp_path), pytest.raises(Mishap, match="central_not_started") as caught:
        CentralProcess(tmp_path).start()
    assert "ledger_busy" in str(caught.value.values["said"])


@pytest.mark.parametrize("arguments", [["serve"], ["migrate"], ["serve", "--port", "x"], ["no"]])
def test_wrong_use_of_the_command_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "Usage" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_database_that_is_not_there(
    command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    dsn = f"postgresql+psycopg://nobody@/ledger?host={tmp_path}"
    assert main([command, "--dsn", dsn]) == Mishap.exit_status
    assert "ledger_database_gone" in capsys.readouterr().err


def test_a_service_over_a_database_somebody_else_runs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    postgres = EmbeddedPostgres(folder)
    dsn = postgres.start()
    try:
        ask(postgres, "SELECT 1")
        serve.prepare(postgres.dsn(OWNER, "postgres"))
        assert main(["migrate", "--dsn", postgres.dsn(OWNER)]) == 0
        assert main(["serve", "--dsn", postgres.dsn(OWNER)]) == Refusal.exit_status
        assert "ledger_role_too_strong" in capsys.readouterr().err
        taken = doorway.listening_socket("127.0.0.1", 0)
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["serve", "--dsn", dsn, "--port", port]) == Mishap.exit_status
        taken.close()
        assert "port_taken" in capsys.readouterr().err
    finally:
        postgres.stop()
