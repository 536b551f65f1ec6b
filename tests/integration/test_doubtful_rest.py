"""The rest of a payment pays for nothing once its payer may have had it in a lost part."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.add_row import add_row
from cardstation.services.batch_account import batch_account
from cardstation.services.judge_again import judge_again
from cardstation.services.pay_batch import pay_batch
from cardstation.services.rejoin import rejoin
from cardstation.services.return_remainder import return_remainder
from cardstation.services.settle_arrears import settle_arrears
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from tests.integration.test_lost_tail import put_back
from tests.kit.memory_ledger import Centre
from tests.kit.station import Desk, line, neighbours, put_batch
from tests.kit.two_stations import line_of, open_station

HOME, OTHER = neighbours(2)
SECOND = Approval("supervisor")
REST = Money(5_000)


def open_here(folder: Path, centre: Centre) -> Desk:
    owing = replace(OTHER, arrears=Money(1_000))
    return open_station(folder, centre, "S001", households=[HOME, owing])


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[Desk]:
    """A row was paid out of a lump sum, whose rest went back in the part that nobody has."""
    centre = Centre()
    desk = open_here(tmp_path, centre)
    batch = put_batch(desk, [line(HOME, 1)])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(15_000))
    sync(desk.station)
    desk.station.store.close()
    shutil.copy2(tmp_path / "S001" / "station.db", tmp_path / "copy.db")
    desk = open_here(tmp_path, centre)
    line_of(desk).down = True
    return_remainder(desk.station, batch, payment(desk, batch), REST, SECOND)
    desk.station.store.close()
    put_back(tmp_path, tmp_path / "copy.db")
    desk = open_here(tmp_path, centre)
    with closing(desk.station.store):
        rejoin(desk.station, SECOND)
        yield desk
        assert verify(desk.station).ok


def payment(desk: Desk, batch: str) -> str:
    return batch_account(desk.station, batch).payments[0].payment.payment_id


def test_it_pays_for_no_row_and_for_no_debt(restored: Desk) -> None:
    desk, [batch] = restored, batches(restored)
    owing = add_row(desk.station, batch, OTHER.account_no, REST)
    with pytest.raises(Refusal, match="more_than_remains"):
        settle_arrears(desk.station, batch, owing, payment(desk, batch), "signed")
    with desk.station.store.unit() as unit:
        unit.households.update(OTHER)
        unit.commit()
    place = judge_again(desk.station, batch, owing)
    assert batch_account(desk.station, batch).lines[place - 1].held == NO_MONEY
    desk.clock.at += timedelta(minutes=1)
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(6_000))
    account = batch_account(desk.station, batch)
    assert account.lines[place - 1].held == REST
    assert [one.remains for one in account.payments] == [REST, Money(1_000)]


def batches(desk: Desk) -> tuple[str, ...]:
    with desk.station.store.reading() as reading:
        return reading.batches.ids()
