"""`cardstation-central recount`: stored sums are added up anew, and put right by two people."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, text

from cardstation.central import recounting
from cardstation.central.console.tables import acts
from cardstation.central.engine import open_engine
from cardstation.central.recounting import Repair
from cardstation.cli.central import main
from cardstation.errors import Refusal
from cardstation.sync.http_ledger import HttpLedger
from tests.kit.facts import Chain
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

PLANTED = (
    "UPDATE balances SET fen = fen + 1 WHERE account = 'gas_sold'",
    "DELETE FROM class_totals WHERE account_class = 'tender'",
    "UPDATE day_totals SET posted_on = posted_on + 1 WHERE account_class = 'gas_sold'",
    "INSERT INTO balances VALUES ('unloaded:nobody', 'S001', 7)",
)
TWO = ("--repair", "--reason", "disk", "--by", "anna", "--approved-by", "bert")


def plant(centre: Centre) -> tuple[HttpLedger, Chain]:
    ledger, chain = centre.station(), Chain()
    ledger.push(chain.sale(), ledger.head().nonce)
    with centre.books.owner.begin() as connection:
        for statement in PLANTED:
            assert connection.execute(text(statement)).rowcount == 1
    return ledger, chain


def asked(centre: Centre, capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> Any:
    capsys.readouterr()
    assert main(["recount", "--json", "--dsn", centre.books.dsn, *words]) == status
    return json.loads(capsys.readouterr().out) if status in (0, 5) else None


def test_sums_that_differ_are_named_and_two_people_put_them_right(
    centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(centre)
    told = asked(centre, capsys, status=5)
    assert (told["ok"], told["put_right"]) == (False, 0)
    assert sorted((one["what"], one["key"][0]) for one in told["differences"])[:3] == [
        ("balance", "gas_sold"),
        ("balance", "unloaded:nobody"),
        ("class total", "tender"),
    ]
    assert [one["what"] for one in told["differences"]].count("day total") == 2
    assert asked(centre, capsys, status=5) == told, "looking changes nothing"

    asked(centre, capsys, *TWO[:-1], "Anna", status=3)
    asked(centre, capsys, *TWO[:3], status=2)
    asked(centre, capsys, *TWO[1:], status=2)
    assert asked(centre, capsys, status=5) == told

    done = asked(centre, capsys, *TWO)
    assert (done["ok"], done["put_right"], done["differences"]) == (True, 5, told["differences"])
    centre.books.prove()
    assert asked(centre, capsys)["differences"] == []
    with centre.books.engine.connect() as connection:
        kept = connection.execute(select(acts.c.clerk, acts.c.act, acts.c.detail)).all()
    assert [(row.clerk, row.act) for row in kept[1:]] == [
        *[("anna", "sum_put_right")] * 5,
        ("bert", "approved"),
    ]
    assert "stored 7" in " ".join(row.detail for row in kept)
    assert kept[-1].detail == "disk"


def test_people_read_the_same(centre: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    plant(centre)
    where = ("--dsn", centre.books.dsn)
    assert main(["recount", *where]) == 5
    assert "stored 7" in (said := capsys.readouterr().out)
    assert said.strip().endswith(" differ")
    assert main(["recount", *where, *TWO]) == 0
    assert capsys.readouterr().out.strip().endswith("are put right")
    assert main(["recount", *where, *TWO]) == 0
    assert "every stored sum" in capsys.readouterr().out


def test_what_is_posted_during_a_repair_stays(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repair adds what was missing at its moment; it does not set a sum to what it was then."""
    ledger, chain = plant(centre)
    whole = recounting.recount

    def late(engine: Any) -> recounting.Recount:
        found = whole(engine)
        ledger.push(chain.sale(), ledger.head().nonce)
        return found

    monkeypatch.setattr(recounting, "recount", late)
    engine = open_engine(centre.books.dsn, connections=2)
    recounting.repair(engine, Repair("anna", "bert", "disk"))
    centre.books.prove()
    with engine.connect() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(7239005)"))
        with pytest.raises(Refusal, match="recount_runs"):
            recounting.repair(engine, Repair("anna", "bert", "disk"))
    engine.dispose()
