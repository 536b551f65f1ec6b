"""The oracle sees a purchase that one desk pays back and another loads, whichever did not ask."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cardstation.domain.money import Money
from cardstation.domain.topup import TopUpRequest
from cardstation.errors import LedgerUnreachable
from cardstation.services import refund as refunding
from cardstation.services import resolve as resolving
from cardstation.services.identify import Inserted
from cardstation.services.refund import request_refund
from cardstation.services.resolve import resolve_card
from cardstation.services.station import Station
from cardstation.services.sync import sync
from cardstation.services.top_up import top_up
from drivers.virtual.tear import Tear
from tests.kit.station import nobody
from tests.sim.acts import SUPERVISOR, pay_back, with_card
from tests.sim.desk import Desk
from tests.sim.town import Home
from tests.sim.watch import Broken
from tests.sim.world import Size, World, world

SCHOOLS = range(4)


def bought(station: Station, inserted: Inserted) -> None:
    top_up(station, inserted, TopUpRequest(money=Money.of_yuan("30")), nobody)


def asked_back(station: Station, inserted: Inserted) -> None:
    request_refund(station, inserted, SUPERVISOR)


def pulled_out(
    made: World, desk: Desk, home: Home, doing: Callable[[Station, Inserted], object]
) -> None:
    """The card is pulled out before a byte of the load is on it."""
    card = home.cards[0]

    def torn(station: Station, inserted: Inserted) -> None:
        card.chip.arm(Tear(0))
        doing(station, inserted)

    assert not with_card(made, desk, card, torn)
    made.touch(home=home)
    made.look()


def nothing_is_sent(*_given: object) -> None:
    raise LedgerUnreachable


def lived(made: World, home: Home, *, heard: bool) -> None:
    """Begun here and told, taken over there and cut; paid back here, where it may; loaded there.

    Args:
        made: Of two desks. home: Who bought. heard: The ledger hears of the other desk.
    """
    desk, other = made.desks[:2]
    card = home.cards[0]
    pulled_out(made, desk, home, bought)
    made.work(desk, sync)
    with pytest.MonkeyPatch.context() as patch:
        if not heard:
            patch.setattr(other.ledger, "push", nothing_is_sent)
        pulled_out(made, other, home, resolve_card)
    if heard:
        made.work(other, sync)
    with_card(made, desk, card, asked_back)
    pay_back(made, desk)
    made.look()
    with_card(made, other, card, resolve_card)
    made.touch(home=home)
    made.look()


@pytest.mark.parametrize("heard", [True, False])
@pytest.mark.parametrize("number", SCHOOLS)
def test_it_goes_one_way(number: int, heard: bool) -> None:
    with world("both ways", Size(2, 4, 0, 0.0)) as made:
        home = made.town.home(number)
        lived(made, home, heard=heard)
        assert bool(made.town.till.returned) is not heard
        assert bool(home.waiting()) is heard


@pytest.mark.parametrize("number", SCHOOLS)
def test_the_oracle_sees_it_where_who_loads_does_not_tell(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolving, "ensure_ours_to_finish", lambda *_given: None)
    with (
        world("both ways", Size(2, 4, 0, 0.0)) as made,
        pytest.raises(Broken, match="is paid back at S001 and loaded at S002"),
    ):
        lived(made, made.town.home(number), heard=False)


@pytest.mark.parametrize("number", SCHOOLS)
def test_the_oracle_sees_it_where_who_pays_does_not_ask(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refunding, "ensure_nobody_finishes", lambda *_given: None)
    with (
        world("both ways", Size(2, 4, 0, 0.0)) as made,
        pytest.raises(Broken, match="is paid back at S001 and loaded at S002"),
    ):
        lived(made, made.town.home(number), heard=True)
