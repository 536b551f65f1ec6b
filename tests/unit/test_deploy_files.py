"""The files operators are given fit the program they start: its options, limits and demands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from sqlalchemy.engine import make_url

import resources
from cardstation.central.batch import MOST_BYTES
from cardstation.central.engine import _REQUIRED
from cardstation.cli.central import central
from cardstation.cli.central_orders import DSN_VARIABLE

DEPLOY = resources.path("deploy")
PROGRAM = "/bin/cardstation-central "


def commands() -> list[list[str]]:
    """The command lines of ours in all units."""
    lines = [line for unit in DEPLOY.glob("*.service") for line in unit.read_text().splitlines()]
    started = [line.partition(PROGRAM)[2] for line in lines if PROGRAM in line]
    return [shlex.split(words.replace("%i", "9001")) for words in started]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_a_unit_starts_what_is_there(words: list[str]) -> None:
    command = central.commands[words[0]]
    assert command.make_context(words[0], words[1:]).params


def test_there_are_units() -> None:
    assert {words[0] for words in commands()} == {"serve", "reconcile"}


def test_an_option_that_is_not_there_is_found() -> None:
    with pytest.raises(click.NoSuchOption):
        central.commands["serve"].make_context("serve", ["--gone"])


def test_the_address_names_every_member_and_asks_for_the_one_that_leads() -> None:
    [line] = [one for one in (DEPLOY / "central.env").read_text().splitlines() if one[0] != "#"]
    name, _, dsn = line.partition("=")
    assert name == DSN_VARIABLE
    query = make_url(dsn).query
    assert len(str(query["host"]).split(",")) == len(str(query["port"]).split(",")) == 3
    assert query["target_session_attrs"] == "read-write"
    assert query["sslmode"] == "verify-full"


def test_members_are_what_the_ledger_demands() -> None:
    told = (DEPLOY / "patroni.yml").read_text()
    for setting in _REQUIRED.keys() - {"data_checksums"}:
        assert f'{setting}: "on"' in told, setting
    for line in ("data-checksums", "synchronous_mode_strict: true", "failsafe_mode: true"):
        assert line in told


def test_a_whole_push_passes_the_balancer() -> None:
    told = Path(DEPLOY / "nginx.conf").read_text()
    assert "client_max_body_size 4m;" in told
    assert MOST_BYTES <= 4 * 1024 * 1024


def test_who_calls_is_known_behind_the_balancer_too() -> None:
    """Else logins fail for all together, and all stations share the lines of one address."""
    nginx, balancer = ((DEPLOY / name).read_text() for name in ("nginx.conf", "haproxy.cfg"))
    machines = balancer.partition("\nbackend machines")[2].partition("\n\n")[0]
    assert {"send-proxy-v2", "check-send-proxy"} <= set(machines.split())
    [listens] = re.findall(r"listen (\d+) ssl http2 proxy_protocol;", nginx)
    assert set(re.findall(r"server app\d [\d.]+:(\d+)", machines)) == {listens}
    assert "real_ip_header proxy_protocol;" in nginx
    assert re.findall(r"set_real_ip_from ([\d.]+);", nginx) == ["10.0.0.41"]


def test_a_member_that_died_reads_the_log_it_lacks_from_the_archive() -> None:
    """The new leader keeps what it needs itself: `./dev ha` shows that this is less."""
    told = (DEPLOY / "patroni.yml").read_text()
    assert "restore_command: ${RESTORE_COMMAND}" in told.partition("recovery_conf:")[2]


def test_a_restore_is_made_by_patroni_which_keeps_to_its_moment() -> None:
    """Upon a folder that was restored by hand it passes over the moment (tried)."""
    told = (DEPLOY / "patroni.yml").read_text().replace("  # ", "  ")
    restore = told.partition("  method: restore")[2].partition("  dcs:")[0]
    for line in ("--target-action=promote restore", "no_params: true", "recovery_conf: true"):
        assert line in restore, line


def test_the_repository_knows_every_member() -> None:
    told = {
        name: dict(re.findall(r"^([\w-]+)=(.*)$", (DEPLOY / name).read_text(), re.MULTILINE))
        for name in ("pgbackrest.conf", "pgbackrest-repository.conf")
    }
    member, repository = told.values()
    assert {repository[f"pg{n}-host"] for n in (1, 2, 3)} == {f"10.0.0.1{n}" for n in (1, 2, 3)}
    for name in ("repo1-path", "repo1-cipher-type", "repo1-cipher-pass", "repo1-retention-full"):
        assert repository[name] == member[name]
    for n in (1, 2, 3):
        for name in ("path", "socket-path"):
            assert repository[f"pg{n}-{name}"] == member[f"pg1-{name}"]
