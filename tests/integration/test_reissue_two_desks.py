"""A card lost, and another made in its place: what the other desk does meanwhile, and learns of it.

At any moment a load is at its household once, as gas or as money; where a desk was not heard of, an
exception says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.meter import MeterKind
from cardstation.domain.money import Money
from cardstation.domain.reissue import UNDONE
from cardstation.domain.topup import TopUpRequest, Work
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.services.dispute import dispute
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.pay_out import pay_out
from cardstation.services.return_load import return_load
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.settle_dispute import Finding, settle_dispute
from cardstation.services.sync import sync
from cardstation.services.top_up import top_up
from drivers.makers import MAKERS
from drivers.virtual import Tear
from drivers.virtual.meter import VirtualMeter
from tests.kit.changing import change, hung, replaced
from tests.kit.clearing import put
from tests.kit.issuing import issue
from tests.kit.memory_ledger import Centre
from tests.kit.reissuing import (
    SECOND,
    cancelled,
    desk_at,
    home_of,
    live_generation,
    meter_of,
    not_reissued,
    refused,
    reissue,
    taken_back,
)
from tests.kit.station import Desk, card_of, layout_of, nobody
from tests.kit.two_desks import proved, torn_at
from tests.kit.two_stations import line_of, two_stations

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

RULES = MAKERS[0]
HOME = home_of(RULES)


class Town:
    """Desk A sold the load; desk B makes the new card."""

    def __init__(self, here: Desk, there: Desk, centre: Centre) -> None:
        self.a, self.b, self.centre = here, there, centre
        self.old = card_of(HOME)
        self.meter: VirtualMeter = meter_of(self.old, RULES)
        self.a.sell(self.old)
        self.a.reader.pull()
        sync(self.a.station)

    def codes(self, station: str) -> list[str]:
        return [one.code for one in self.centre.chains[station].exceptions]

    def gas(self) -> int:
        return self.meter.state.residual


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with two_stations(tmp_path, households=[HOME]) as (here, there, centre):
        yield Town(here, there, centre)


def test_the_desk_that_sold_learns_of_the_new_card(town: Town) -> None:
    new = reissue(town.b, HOME)
    assert (live_generation(town.a), live_generation(town.b)) == (0, 1)
    assert refused(town.a, town.old) == "old_card"
    assert live_generation(town.a) == 1
    assert taken_back(town.a, town.old) == "old_card"
    town.meter.take(new)
    assert refused(town.a, new) == ""
    town.meter.take(new)
    assert not town.codes("S001")
    proved(town.a, town.b)


def test_a_card_newer_than_the_file_is_not_sold_to_while_nobody_tells_of_it(town: Town) -> None:
    new = reissue(town.b, HOME)
    town.meter.take(new)
    line_of(town.a).down = True
    assert refused(town.a, new) == "card_newer_than_file"
    line_of(town.a).down = False
    assert refused(town.a, new) == ""
    assert live_generation(town.a) == 1
    proved(town.a, town.b)


def test_no_money_goes_back_for_a_load_that_the_lost_card_still_gives(town: Town) -> None:
    """A fitter is right that the meter has not taken it; the card that is not lost gives it."""
    new = reissue(town.b, HOME)
    assert taken_back(town.b, new) == "load_not_ours"
    assert taken_back(town.a, new) == "lost_card_has_it_too"
    assert town.meter.take(town.old).credited
    assert not town.meter.take(new).credited
    assert refused(town.a, new) == ""
    proved(town.a, town.b)


def test_once_the_lost_card_is_here_its_load_is_taken_off_that_one(town: Town) -> None:
    new = reissue(town.b, HOME)
    assert cancelled(town.b, new) == ""
    assert taken_back(town.a, town.old) == ""
    with town.a.station.store.reading() as reading:
        back = reading.topups.every()[-1]
    pay_out(town.a.station, back.topup_id, SECOND)
    sync(town.a.station)
    assert not town.meter.take(town.old).credited
    assert town.a.household().purchase_counter == 50
    assert refused(town.a, town.old) == ""
    assert not town.codes("S001") + town.codes("S002")
    assert town.meter.take(town.old).credited
    proved(town.a, town.b)


def raced(town: Town, first: str) -> tuple[str, str]:
    """What stopped the return and the new card, whose pushes come in this order."""
    codes: dict[str, str] = {}

    def other_comes(does: Callable[[], str]) -> Callable[[str], None]:
        def boundary(asked: str) -> None:
            if asked == "ledger.push" and first not in codes:
                codes[first] = ""
                codes[first] = does()

        return boundary

    if first == "return":
        line_of(town.b).boundary = other_comes(lambda: taken_back(town.a, town.old))
        codes["reissue"] = not_reissued(town.b, HOME)
    else:
        line_of(town.a).boundary = other_comes(lambda: not_reissued(town.b, HOME))
        codes["return"] = taken_back(town.a, town.old)
    return codes["return"], codes["reissue"]


WON = {"return": ("", "reissue_overtaken"), "reissue": ("load_on_new_card", "")}


@pytest.mark.parametrize("first", list(WON))
def test_whom_the_ledger_hears_first_goes_on(town: Town, first: str) -> None:
    """Both have looked, and found nothing; then both arm, and one of them is heard first."""
    assert raced(town, first) == WON[first]
    sync(town.a.station)
    sync(town.b.station)
    assert live_generation(town.b) == (0 if first == "return" else 1)
    assert not town.codes("S001") + town.codes("S002")
    proved(town.a, town.b)


@pytest.mark.parametrize(
    ("first", "planted"),
    [
        ("return", "cardstation.services.reissue_card.ensure_first"),
        ("reissue", "cardstation.services.return_load.ensure_before_reissue"),
    ],
)
def test_a_desk_that_does_not_look_again_gives_the_load_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch, first: str, planted: str
) -> None:
    """Planted: it tells the ledger, and does not ask who was first."""
    monkeypatch.setattr(planted, lambda station, *_given: send_eagerly(station))
    assert raced(town, first) == ("", "")


def test_another_desk_that_is_loading_the_card_stops_the_new_one(town: Town) -> None:
    """Both have looked; the other desk arms a load first, or makes a card in its place first."""
    town.meter.take(town.old)
    line = line_of(town.b)
    done: list[str] = []

    def loads(asked: str) -> None:
        if asked == "ledger.push" and not done:
            done.append(refused(town.a, town.old))
            sync(town.a.station)

    line.boundary = loads  # type: ignore[method-assign]
    assert not_reissued(town.b, HOME) == "reissue_overtaken"
    assert done == [""]
    assert live_generation(town.b) == 0
    sync(town.a.station)
    assert not_reissued(town.b, HOME) == ""
    assert live_generation(town.b) == 1
    proved(town.a, town.b)


def test_of_two_desks_that_make_a_card_one_goes_on(town: Town) -> None:
    done: list[str] = []

    def makes(asked: str) -> None:
        if asked == "ledger.push" and not done:
            done.append("")
            done[0] = not_reissued(town.a, HOME)

    line_of(town.b).boundary = makes  # type: ignore[method-assign]
    assert not_reissued(town.b, HOME) == "reissue_overtaken"
    assert done == [""]
    sync(town.b.station)
    facts = [one for one in town.centre.of_card[HOME.card_no] if one.detail == UNDONE]
    assert [one.station for one in facts] == ["S002"]
    assert refused(town.b, town.old) == "old_card"
    assert (live_generation(town.a), live_generation(town.b)) == (1, 1)
    proved(town.a, town.b)


def test_what_another_desk_has_not_ended_is_ended_first(town: Town) -> None:
    town.meter.take(town.old)
    torn_at(town.a, town.old)
    sync(town.a.station)
    assert not_reissued(town.b, HOME) == "reissue_open_elsewhere"
    assert not_reissued(town.a, HOME) == "reissue_intent_open"
    line_of(town.b).down = True
    assert not_reissued(town.b, HOME) == "reissue_needs_ledger"
    proved(town.a, town.b)


def test_a_silent_desk_loads_the_lost_card_and_the_books_name_it(town: Town) -> None:
    """What no desk can know: the load lies on a dead card, and the next card carries it."""
    town.meter.take(town.old)
    new = reissue(town.b, HOME)
    assert town.meter.take(new).written
    line_of(town.a).down = True
    assert refused(town.a, town.old) == ""
    assert not town.meter.take(town.old).credited
    line_of(town.a).down = False
    sync(town.a.station)
    assert town.codes("S001") == ["loaded_on_old_card"]
    assert refused(town.a, town.old) == "old_card"
    third = reissue(town.b, HOME)
    assert live_generation(town.b) == 2
    assert town.meter.take(third).credited
    assert refused(town.b, third) == ""
    proved(town.a, town.b)


def test_a_return_that_nobody_could_ask_about_is_named_and_its_revenue_is_in_doubt(
    town: Town,
) -> None:
    """The card never left the lane of a desk that is silent; its load is on a new one by then."""
    town.meter.take(town.old)
    inserted = town.a.insert(town.old)
    try:
        top_up(town.a.station, inserted, TopUpRequest(money=Money.of_yuan("50")), nobody)
        sync(town.a.station)
        new = reissue(town.b, HOME)
        line_of(town.a).down = True
        return_load(town.a.station, inserted, SECOND, nobody)
    finally:
        inserted.close()
    line_of(town.a).down = False
    sync(town.a.station)
    assert town.codes("S001") == ["returned_after_reissue"]
    assert town.centre.balances["suspense:returned_after_reissue"]
    assert town.meter.take(new).credited
    proved(town.a, town.b)


def test_a_second_loss_carries_the_same_load_once_more(town: Town) -> None:
    second = reissue(town.b, HOME)
    third = reissue(town.a, HOME)
    assert (live_generation(town.a), live_generation(town.b)) == (2, 1)
    assert refused(town.b, second) == "old_card"
    assert town.meter.take(third).credited
    assert town.meter.take(second).error
    assert not town.meter.take(second).credited
    assert refused(town.b, third) == ""
    assert not town.codes("S001") + town.codes("S002")
    proved(town.a, town.b)


def test_a_card_found_again_is_the_live_one_once_the_new_one_is_a_blank(town: Town) -> None:
    new = reissue(town.b, HOME)
    assert refused(town.a, town.old) == "old_card"
    assert cancelled(town.a, new) == "reissue_not_undone"
    assert cancelled(town.b, new) == ""
    assert layout_of(RULES).is_blank(new.image)
    assert live_generation(town.b) == 0
    assert town.meter.take(town.old).credited
    sync(town.b.station)
    assert refused(town.a, town.old) == ""
    assert live_generation(town.a) == 0
    assert reissue(town.a, HOME).image
    assert live_generation(town.a) == 1
    proved(town.a, town.b)


def test_a_card_that_was_in_its_meter_stays(town: Town) -> None:
    new = reissue(town.b, HOME)
    town.meter.take(new)
    assert cancelled(town.b, new) == "reissue_not_undone"
    proved(town.a, town.b)


def test_without_a_ledger_a_desk_makes_it_by_its_own_facts(tmp_path: Path) -> None:
    desk, old = desk_at(tmp_path, HOME), card_of(HOME)
    desk.station = replace(desk.station, ledger=None)
    meter = meter_of(old, RULES)
    desk.sell(old)
    desk.reader.pull()
    new = reissue(desk, HOME)
    assert taken_back(desk, old) == "old_card"
    assert taken_back(desk, new) == "lost_card_has_it_too"
    assert meter.take(reissue(desk, HOME)).credited
    assert not meter.take(new).credited
    proved(desk)
    desk.station.store.close()


def test_people_do_not_settle_what_a_new_card_carries(town: Town) -> None:
    """Torn in the lane of a silent desk while it was taken back; by then a new card was made."""
    town.meter.take(town.old)
    inserted = town.a.insert(town.old)
    try:
        top_up(town.a.station, inserted, TopUpRequest(money=Money.of_yuan("50")), nobody)
        sync(town.a.station)
        line_of(town.a).down = True
        town.old.chip.arm(Tear(12))
        with pytest.raises((OutcomeUnknown, LinkFailed)):
            return_load(town.a.station, inserted, SECOND, nobody)
    finally:
        inserted.close()
        town.old.chip.arm(None)
        town.a.reader.pull()
    new = reissue(town.b, HOME)
    with town.a.station.store.reading() as reading:
        back = reading.topups.every()[-1]
    dispute(town.a.station, back.topup_id, SECOND, "the card fell into the river")
    gone = MeterCount(purchases=51, card_here=True)
    for code in ("return_needs_ledger", "load_on_new_card"):
        with pytest.raises(Refusal, match=code):
            settle_dispute(
                *(town.a.station, back.topup_id, Finding.NOT_LOADED, "it was off the card"),
                *(SECOND, gone),
            )
        line_of(town.a).down = False
    settle_dispute(town.a.station, back.topup_id, Finding.LOADED, "the new card has it", SECOND)
    assert refused(town.a, town.old) == "old_card"
    assert town.meter.take(new).credited
    sync(town.a.station)
    assert not town.codes("S001")
    proved(town.a, town.b)


def test_a_desk_whose_file_has_the_old_meter_makes_no_card_for_it(town: Town) -> None:
    """Its card was bound to the new one at another desk, and nothing was sold for that yet."""
    town.meter.take(town.old)
    home = replaced(town.a, HOME)
    assert change(town.a, town.old, home).work == Work.CHANGE
    town.a.reader.pull()
    assert hung(RULES, MeterKind.VOLUME).take(town.old).written
    assert issue(town.a, town.old, home).work == Work.BIND
    town.a.reader.pull()
    sync(town.a.station)
    assert not_reissued(town.b, HOME) == "reissue_other_meter"
    assert live_generation(town.b) == 0


def test_a_card_that_carries_more_than_was_written_is_not_made_a_blank(town: Town) -> None:
    """Another desk loaded it and was not heard yet: what was paid would go with it."""
    town.meter.take(town.old)
    put(town.b, replace(town.b.household(), purchase_counter=52))
    new = reissue(town.b, HOME)
    put(town.a, replace(town.a.household(), purchase_counter=52))
    assert refused(town.a, new) == ""
    assert cancelled(town.b, new) == "reissue_not_undone"
    assert layout_of(RULES).decode(new.image).pending
    proved(town.a, town.b)
