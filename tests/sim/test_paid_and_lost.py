"""The oracle sees a load that a restored store writes again; only a true clone is an excuse."""

from __future__ import annotations

from typing import Any

import pytest

from cardstation.domain.money import Money
from cardstation.domain.topup import TopUpRequest
from cardstation.services import resolve as resolving
from cardstation.services import top_up as selling
from cardstation.services.identify import Inserted
from cardstation.services.resolve import resolve_card
from cardstation.services.station import Station
from cardstation.services.sync import sync
from cardstation.services.top_up import top_up
from tests.kit.station import nobody
from tests.sim.acts import with_card
from tests.sim.desk import Desk
from tests.sim.fates import go_back
from tests.sim.power import PowerCut
from tests.sim.town import Home
from tests.sim.watch import Broken
from tests.sim.world import Size, World, world

SCHOOLS = range(4)


def bought(made: World, desk: Desk, home: Home) -> None:
    def doing(station: Station, inserted: Inserted) -> None:
        top_up(station, inserted, TopUpRequest(money=Money.of_yuan("30")), nobody)

    with_card(made, desk, home.cards[0], doing)


def resolved(made: World, desk: Desk, home: Home) -> None:
    with_card(made, desk, home.cards[0], resolve_card)


def at_home(made: World, home: Home) -> None:
    made.touch(home=home)
    home.burn(0.9)
    home.meets_meter(home.cards[0], made.time.at)
    made.look()


def lived(made: World, home: Home) -> None:
    """Paid, then the power goes; written, sealed, taken; sold elsewhere; the store is put back."""
    desk, other = made.desks[:2]

    def cut(*_given: object) -> Any:
        raise PowerCut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selling, "arm", cut)
        bought(made, desk, home)
    made.work(desk, sync)
    made.look()
    desk.back_up(made.folder / "backup-1")
    resolved(made, desk, home)
    at_home(made, home)
    bought(made, other, home)
    at_home(made, home)
    desk.restore(desk.backups[0], anchor_too=False)
    made.oracle.follow(desk.watch)
    desk.fate = "restored"
    go_back(made, desk)
    assert desk.rejoined
    resolved(made, desk, home)
    at_home(made, home)


@pytest.mark.parametrize("number", SCHOOLS)
def test_a_restored_store_loads_nothing_twice(number: int) -> None:
    with world("paid and lost", Size(2, 4, 0, 0.0)) as made:
        lived(made, made.town.home(number))
        assert made.counts["unknown: paid_in_doubt"] == 1


@pytest.mark.parametrize("number", SCHOOLS)
def test_the_oracle_sees_it_where_the_card_is_not_asked(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for asked in ("ensure_not_paid_back", "ensure_never_armed"):
        monkeypatch.setattr(resolving, asked, lambda *_given: None)
    with (
        world("paid and lost", Size(2, 4, 0, 0.0)) as made,
        pytest.raises(Broken, match="the meter took a load twice"),
    ):
        lived(made, made.town.home(number))
