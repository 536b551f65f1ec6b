"""A paid order that was loaded, taken off its card again and paid back."""

from __future__ import annotations

from pathlib import Path

from cardstation.domain.ledger import Order
from cardstation.domain.shift import Approval
from cardstation.services.pay_out import pay_out
from cardstation.services.return_load import return_load
from cardstation.services.verify import verify
from tests.kit.station import card_of, line, neighbours, nobody, open_desk, put_batch

SECOND = Approval("supervisor")


def test_verify_agrees_when_an_order_went_back(tmp_path: Path) -> None:
    """The order is claimed no more, in the journal and by the records (simulation)."""
    home = neighbours(1)[0]
    order = Order("D1", home.account_no, 5600, 20_000, "residential@2026-01-01", 50, "S001")
    desk = open_desk(tmp_path, households=[home])
    with desk.station.store.unit() as unit:
        unit.orders.put([order])
        unit.commit()
    batch_id = put_batch(desk, [line(home, 4, order=order)])
    card = card_of(home)
    desk.load(batch_id, card)
    inserted = desk.insert(card)
    given = return_load(desk.station, inserted, SECOND, nobody, reading="fitter 7")
    inserted.close()
    pay_out(desk.station, given.topup_id, SECOND)
    found = verify(desk.station)
    assert found.ok, found.disagreements
    assert found.money_terms["orders_claimed"] == 0
    desk.station.store.close()
