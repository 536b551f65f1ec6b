"""A row that was paid while a load waited on its card, once that load was taken back."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from cardstation.domain.batch import LineState
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUpRequest
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.return_load import return_load
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from tests.kit import cards
from tests.kit.station import card_of, line, nobody, open_desk, put_batch

HOME = cards.household()
SECOND = Approval("supervisor")


def test_a_row_that_was_paid_upon_a_load_is_loaded_after_its_return(tmp_path: Path) -> None:
    """Paid while a load waited on the card; that load is taken back at this very desk."""
    desk, card = open_desk(tmp_path), card_of(HOME)
    with closing(desk.station.store):
        inserted = desk.insert(card)
        top_up(desk.station, inserted, TopUpRequest(money=Money.of_yuan("50")), nobody)
        batch_id = put_batch(desk, [line(HOME, 2)])
        pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money.of_yuan("100"))
        back = return_load(desk.station, inserted, SECOND, nobody)
        inserted.close()
        pay_out(desk.station, back.topup_id, SECOND)
        assert desk.load(batch_id, card).state is LineState.DONE
        with desk.station.store.reading() as reading:
            (funded,) = reading.funds.every_funded()
            (loaded,) = reading.topups.of_batch(batch_id)
        assert (funded.expected_counter, loaded.counter_before) == (51, 50)
        found = verify(desk.station)
        assert found.ok, found.disagreements
