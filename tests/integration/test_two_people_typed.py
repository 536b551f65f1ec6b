"""Two people at a command of the centre: each is asked for their own password, unseen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result
from sqlalchemy import func, select, update

from cardstation.central.console.audit import LOGIN_FAILED
from cardstation.central.console.people import give_roles, reset_secret
from cardstation.central.console.roles import Role
from cardstation.central.console.tables import COMMAND_LINE, acts, people
from cardstation.central.engine import transaction
from cardstation.cli.central import central
from cardstation.cli.central_two import OF_FIRST, OF_SECOND
from cardstation.errors import Refusal
from tests.kit.console import PASSWORD as SECRET
from tests.kit.console import person
from tests.kit.desk import SAMPLES
from tests.kit.facts import Chain
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

TWO = ("--by", "anna", "--approved-by", "bert")
WHY = ("--reason", "disk")
COMMANDS = (
    ("rewind", "S001", "--to", "3", *WHY),
    ("orders", "withdraw", "O1", *WHY),
    ("orders", "bind", "O1", "--account", "2", "--counter", "1", *WHY),
    ("feed", "policy", "--tariffs", str(SAMPLES / "tariffs.json")),
    ("take-file", str(SAMPLES / "tariffs.json"), "--channel", "phone"),
    ("recount", "--repair", *WHY),
    ("feed", "clerks", "{clerks}"),
)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
Asked = Callable[..., Result]


@pytest.fixture
def asked(centre: Centre, tmp_path: Path) -> Asked:
    ledger = centre.station()
    ledger.push(Chain().sale(), ledger.head().nonce)
    for name in ("anna", "bert"):
        person(centre.books, name, Role.TREASURER, Role.STATION_ADMIN)
    with transaction(centre.books.engine) as connection:
        connection.execute(update(people).values(secret_hash=QUICK.hash(SECRET)))

    clerks = tmp_path / "clerks.csv"
    clerks.write_text("station,name,number,roles\nS001,li,7,supervisor\n", "utf-8")

    def run(*words: str, typed: str = "", **secrets: str) -> Result:
        words = tuple(word.format(clerks=clerks) for word in words)
        where = ["--dsn", centre.books.dsn, "--home", str(tmp_path)]
        return CliRunner().invoke(central, [*words, *TWO, *where], input=typed, env=secrets)

    return run


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2])[:20])
def test_no_name_counts_without_its_password(asked: Asked, words: tuple[str, ...]) -> None:
    refused = asked(*words, typed=f"{SECRET}\nwrong\n").exception
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.values) == ("password_wrong", {"name": "bert"})


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2])[:20])
def test_who_may_not_decide_it_in_the_console_may_not_here(
    centre: Centre, asked: Asked, words: tuple[str, ...]
) -> None:
    with transaction(centre.books.engine) as connection:
        give_roles(connection, "bert", [Role.TELLER, Role.AUDITOR], given_by=COMMAND_LINE)
    refused = asked(*words, **{OF_FIRST: SECRET, OF_SECOND: SECRET}).exception
    assert isinstance(refused, Refusal)
    assert refused.code == "right_missing"


def test_both_type_theirs_or_a_script_has_them(asked: Asked) -> None:
    words = ("rewind", "S001", "--to", "3", *WHY)
    assert "password_wrong (name=anna)" in str(asked(*words, typed=f"wrong\n{SECRET}\n").exception)
    done = asked(*words, typed=f"{SECRET}\n{SECRET}\n")
    assert (done.exit_code, SECRET in done.output) == (0, False)
    assert "password of anna" in done.output
    assert "password of bert" in done.output
    done = asked(*words, **{OF_FIRST: SECRET, OF_SECOND: SECRET})
    assert (done.exit_code, "password" in done.output) == (0, False)


def test_a_wrong_one_is_counted_and_a_given_one_is_none(centre: Centre, asked: Asked) -> None:
    words = ("recount", "--repair", *WHY)
    for _ in range(5):
        asked(*words, **{OF_FIRST: SECRET, OF_SECOND: "wrong"})
    locked = asked(*words, **{OF_FIRST: SECRET, OF_SECOND: SECRET}).exception
    assert "login_locked" in str(locked)
    failed = select(func.count()).where(acts.c.act == LOGIN_FAILED, acts.c.clerk == "bert")
    with transaction(centre.books.engine) as connection:
        assert connection.scalar(failed) == 5
        first = reset_secret(connection, "anna")
    given = asked(*words, **{OF_FIRST: first, OF_SECOND: SECRET}).exception
    assert "password_first" in str(given)
