"""Stores of an older program, which let one clerk pay another's row out of an envelope."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.batch_account import BatchAccount, batch_account
from cardstation.services.refund_list import refund_list
from cardstation.services.return_remainder import return_remainder
from cardstation.services.verify import verify
from cardstation.sql.engine import writer_engine
from cardstation.store.anchor import Anchor, AnchorMark
from cardstation.store.schema import MIGRATIONS
from tests.kit.desk import NoKey
from tests.kit.station import Desk, open_desk
from tests.unit.test_journal import codes

STORES = Path(__file__).parents[1] / "samples" / "stores"
SECOND = Approval("017")
BACK = (
    "INSERT INTO given_back "
    "SELECT 'b', batch_id, payment_id, 'cash', 15000, 'x', at, 1 FROM funded_line"
)
FREE = "INSERT INTO released_line SELECT batch_id, line, 'absent', money, at, 1 FROM funded_line"


def as_left(home: Path, name: str, *also: str) -> None:
    """Put a store there as the older program left it: version 9."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = writer_engine(home / "station.db")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0009")
        told = (STORES / f"{name}.sql").read_text(encoding="utf-8")
        for statement in (*told.split(";\n"), *also):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("PRAGMA user_version = 9")
        last = "SELECT epoch, seq, hash FROM journal ORDER BY seq DESC LIMIT 1"
        mark = AnchorMark(*connection.exec_driver_sql(last).one(), station="S001")
        Anchor(home).write(replace(mark, signature=NoKey().sign(mark.message).hex()))
        connection.commit()
    engine.dispose()


@contextmanager
def opened(home: Path) -> Iterator[tuple[Desk, str]]:
    desk = open_desk(home)
    desk.clock.at += timedelta(days=1)
    with closing(desk.station.store):
        with desk.station.store.reading() as reading:
            [batch_id] = reading.batches.ids()
        yield desk, batch_id


def drawn(account: BatchAccount, place: int) -> list[int]:
    return [money.fen for money in account.lines[place - 1].drawn.values()]


def test_a_row_that_another_envelope_paid_keeps_its_money(tmp_path: Path) -> None:
    """150 of another's envelope and 1850 of its own paid a row of 2000; 2000 for all remain."""
    as_left(tmp_path, "released")
    with opened(tmp_path) as (desk, batch_id):
        account = batch_account(desk.station, batch_id)
        assert drawn(account, 4) == [15_000, 185_000]
        assert [one.remains.fen for one in account.payments] == [0, 200_000, 0]
        parts = refund_list(desk.station, batch_id).parts
        assert [part.remains.fen for part in parts if part.remains] == [200_000]
        assert not codes(desk)
        for one in account.payments:
            if one.remains:
                return_remainder(
                    desk.station, batch_id, one.payment.payment_id, one.remains, SECOND
                )
            with pytest.raises(Refusal, match="more_than_remains"):
                return_remainder(desk.station, batch_id, one.payment.payment_id, Money(1), SECOND)
        assert not codes(desk)


def test_a_row_that_was_added_keeps_what_it_drew(tmp_path: Path) -> None:
    as_left(tmp_path, "left_out")
    with opened(tmp_path) as (desk, batch_id):
        account = batch_account(desk.station, batch_id)
        assert drawn(account, 4) == [10_000]
        assert [one.remains.fen for one in account.payments] == [5_000]
        assert verify(desk.station).ok


@pytest.mark.parametrize(("freed", "drew"), [(True, [10_000]), (False, [])])
def test_what_gave_its_money_free_and_went_back_before_is_written_down(
    tmp_path: Path, freed: bool, drew: list[int]
) -> None:
    """As it was paid; where more went back than was there, nothing is made up."""
    also = [BACK, FREE] if freed else [BACK]
    as_left(tmp_path, "left_out", *also)
    with opened(tmp_path) as (desk, batch_id), desk.station.store.reading() as reading:
        [row] = reading.funds.funded(batch_id).values()
        assert ([money.fen for money in row.drawn.values()], row.reckoned) == (drew, True)
