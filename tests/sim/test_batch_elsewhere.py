"""The oracle sees whose the money of a batch is when another desk finished one of its loads."""

from __future__ import annotations

import pytest

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.services import return_load as returning
from cardstation.services.identify import Inserted
from cardstation.services.load_line import load_line
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.resolve import resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.station import Station
from cardstation.services.sync import sync
from cardstation.store import batches as numbering
from drivers.virtual import Tear, VirtualCard
from tests.kit.station import line, nobody
from tests.sim.acts import SUPERVISOR, with_card
from tests.sim.bags import Bag, listed
from tests.sim.desk import Desk
from tests.sim.settle import settle
from tests.sim.town import Home
from tests.sim.watch import Broken
from tests.sim.world import Size, World, world

PAID = Money.of_yuan("30")
IN_PAYLOAD = Tear(12)
SMALLEST = Size(2, 4, 0, 0.0)
UNSEEN = "lie in the books, no desk shows them"


def torn_line(made: World) -> VirtualCard:
    """Two desks with a paid list each; a card of the one is torn and finished at the other."""
    desk, other = made.desks[:2]
    home, theirs = made.town.home(0), made.town.home(1)
    card = home.cards[0]
    made.touch(home=home)
    ours = paid_list(made, desk, home)
    paid_list(made, other, theirs)

    def torn(station: Station, inserted: Inserted) -> None:
        card.chip.arm(IN_PAYLOAD)
        load_line(station, ours, inserted, nobody)

    def finished(station: Station, inserted: Inserted) -> None:
        resolve_card(station, inserted)
        sync(station)

    with_card(made, desk, card, torn)
    card.chip.arm(None)
    made.work(desk, sync)
    with_card(made, other, card, finished)
    made.look()
    return card


def paid_list(made: World, desk: Desk, home: Home) -> str:
    listed(made, desk, [line(home.household, 2, yuan="30")], [home], PAID)
    bag = made.bags[-1]
    assert isinstance(bag, Bag)
    batch_id = bag.batch_id

    def paid(station: Station) -> None:
        pay_batch(station, batch_id, tender=Tender.CASH, money=PAID)

    assert made.work(desk, paid)
    return batch_id


def asked_back(made: World, card: VirtualCard) -> None:
    """The household wants its money at the desk that finished the load."""

    def back(station: Station, inserted: Inserted) -> None:
        return_load(station, inserted, SUPERVISOR, nobody, reading="read")
        for one in open_intents(station):
            pay_out(station, one.intent_id, SUPERVISOR)

    with_card(made, made.desks[1], card, back)
    made.look()


def test_each_batch_has_its_own_money() -> None:
    with world("batch elsewhere", SMALLEST) as made:
        asked_back(made, torn_line(made))
        assert made.counts["refused: load_of_their_batch"] == 1
        settle(made)


def test_the_oracle_sees_it_where_the_desk_does_not_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returning, "_ensure_ours_to_return", lambda *_given: None)
    with world("batch elsewhere", SMALLEST) as made:
        asked_back(made, torn_line(made))
        with pytest.raises(Broken, match=UNSEEN):
            settle(made)


def test_the_oracle_sees_it_where_two_desks_number_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbering, "batch_id_of", lambda day, number, _: f"{day}-{number:02d}")
    with world("batch elsewhere", SMALLEST) as made:
        torn_line(made)
        with pytest.raises(Broken, match=UNSEEN):
            settle(made)
