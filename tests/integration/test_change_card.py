"""The card of a household whose meter was replaced opens the new one, over every maker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from cardstation.domain.card import CardType
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.new_card import NEVER_MET
from cardstation.domain.topup import TopUpRequest, Work
from cardstation.domain.transitions import TopUpState
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.services.intent import ids, whole_card
from cardstation.services.lay_aside import lay_aside
from cardstation.services.recover import recover
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from drivers.virtual import Tear, VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit.changing import (
    NEW_NO,
    SECOND,
    change,
    customer,
    hung,
    not_changed,
    put_back,
    replaced,
)
from tests.kit.clearing import clear, loaded
from tests.kit.issuing import blank, desk_for, issue, stopped_by
from tests.kit.station import Desk, card_of, layout_of, nobody

pytest_plugins = ("tests.kit.fast_disk",)
RULES = MAKERS[0]
EVERY = [
    pytest.param(rules, kind, id=f"{rules.code} {kind.value}")
    for rules in MAKERS
    if rules.training
    for kind in sorted(rules.kinds)
]


def meter_of(card: VirtualCard, rules: MakerRules) -> VirtualMeter:
    layout = layout_of(rules)
    return VirtualMeter.of_card(layout.decode(card.image), layout, rules.school)


@pytest.mark.parametrize(("rules", "kind"), EVERY)
def test_the_card_opens_the_new_meter_with_its_first_load_and_is_bound_when_it_comes_home(
    tmp_path: Path, rules: MakerRules, kind: MeterKind
) -> None:
    home = customer(rules, kind)
    desk, card = desk_for(tmp_path, home, rules), card_of(home, rules)
    old, new = meter_of(card, rules), hung(rules, kind)
    replaced(desk, home)
    with pytest.raises(Refusal, match="card_of_old_meter"):
        desk.sell(card, "100")
    slip = change(desk, card, home)
    assert (slip.work, slip.meter_no, slip.counter) == (Work.CHANGE, NEW_NO, 0)
    shown = layout_of(rules).decode(card.image)
    assert shown.identity.card_type is CardType.OPENING
    assert shown.returned is not None
    assert shown.returned.written_at == NEVER_MET
    assert not old.take(card).written, "the old meter is off the wall and takes nothing of it"
    desk.sell(card, "100")
    assert new.take(card).credited
    with pytest.raises(Refusal, match="card_not_bound"):
        desk.sell(card, "100")
    assert issue(desk, card, home, rules.code).work == Work.BIND
    assert not new.take(card).credited, "nothing is taken twice"
    for _ in range(2):
        desk.sell(card, "100")
        assert new.take(card).credited
    assert new.state.cumulative == 3 * loads_of(kind)
    assert verify(desk.station).ok
    desk.station.store.close()


def test_an_opening_card_whose_first_load_is_not_certain_says_so_when_it_comes_to_be_bound(
    tmp_path: Path,
) -> None:
    rules, home = MAKERS[0], customer()
    desk, card = desk_for(tmp_path, home), card_of(home)
    replaced(desk, home)
    change(desk, card, home)
    inserted = desk.insert(card)
    card.chip.arm(Tear(6))
    with pytest.raises(OutcomeUnknown):
        top_up(desk.station, inserted, TopUpRequest(money=Money(10_000)), nobody)
    inserted.close()
    card.chip.arm(None)
    assert stopped_by(desk, card, home, rules.code) == "account_load_open"
    desk.reader.pull()
    inserted = desk.insert(card)
    assert resolve_card(desk.station, inserted).outcome is Outcome.SEALED
    inserted.close()
    desk.station.store.close()


def loads_of(kind: MeterKind) -> int:
    return 10_000 if kind is MeterKind.MONEY else 29_000


@pytest.mark.parametrize(("rules", "kind"), EVERY)
def test_a_change_that_was_cancelled_gives_the_old_meter_its_card_back(
    tmp_path: Path, rules: MakerRules, kind: MeterKind
) -> None:
    home = customer(rules, kind)
    desk, card = desk_for(tmp_path, home, rules), card_of(home, rules)
    old, layout = meter_of(card, rules), layout_of(rules)
    before = layout.decode(card.image)
    replaced(desk, home)
    change(desk, card, home)
    put_back(desk, home, home)
    with pytest.raises(Refusal, match="card_of_old_meter"):
        desk.sell(card, "100")
    assert change(desk, card, home).meter_no == home.meter.meter_no
    shown = layout.decode(card.image)
    assert (shown.identity, shown.limits, shown.price) == (
        before.identity,
        before.limits,
        before.price,
    )
    assert not old.take(card).credited, "what it took then is not there once more"
    held = old.state.cumulative
    for number in (1, 2):
        desk.sell(card, "100")
        assert old.take(card).credited
        assert old.state.cumulative - held == number * loads_of(kind)
    assert desk.household().purchase_counter in (52, 50)
    assert verify(desk.station).ok
    desk.station.store.close()


def stocked(tmp_path: Path) -> tuple[Desk, VirtualCard]:
    return desk_for(tmp_path, customer()), card_of(customer())


def test_without_a_recorded_change_no_card_is_changed(tmp_path: Path) -> None:
    desk, card = stocked(tmp_path)
    assert not_changed(desk, card, customer()) == "no_meter_change"
    replaced(desk, customer())
    other = card_of(replace(customer(), account_no="220104000999"))
    assert not_changed(desk, other, customer()) == "card_differs_from_file"
    elsewhere = replace(customer(), meter=replace(customer().meter, meter_no="QM9"))
    assert not_changed(desk, card_of(elsewhere), customer()) == "card_differs_from_file"
    assert not_changed(desk, card, replace(customer(), account_no="1")) == "unknown_household"
    assert not_changed(desk, blank(), customer()) == "blank_card"
    assert not_changed(desk, card, customer()) == ""
    assert not_changed(desk, card, customer()) == "card_changed_already"
    assert not_changed(desk, card_of(customer()), customer()) == "card_issued_already"
    desk.station.store.close()


def test_a_load_for_the_old_meter_is_taken_back_first_or_two_persons_say_that_it_took_it(
    tmp_path: Path,
) -> None:
    desk, home = desk_for(tmp_path, customer()), customer()
    card = loaded(home)
    replaced(desk, home)
    assert not_changed(desk, card, home) == "change_load_on_card"
    assert change(desk, card, home, SECOND).approver == SECOND.name
    assert verify(desk.station).ok
    desk.station.store.close()


def test_a_meter_of_another_kind_gets_limits_and_prices_of_its_kind(tmp_path: Path) -> None:
    for number, kinds in enumerate((list(MeterKind), list(reversed(MeterKind)))):
        home = customer(RULES, kinds[0])
        desk, card = desk_for(tmp_path / str(number), home), card_of(home)
        new = hung(RULES, kinds[1])
        replaced(desk, home, kind=kinds[1])
        change(desk, card, home)
        shown = layout_of(RULES).decode(card.image)
        assert shown.limits == RULES.limits_of(kinds[1])
        assert (shown.price is None) is (kinds[1] is MeterKind.VOLUME)
        desk.sell(card, "100")
        assert new.take(card).credited
        assert verify(desk.station).ok
        desk.station.store.close()


def test_where_the_new_meter_takes_other_cards_the_old_is_cleared_and_a_blank_issued(
    tmp_path: Path,
) -> None:
    home = customer()
    desk, card = desk_for(tmp_path, home), card_of(home)
    replaced(desk, home)
    with desk.station.store.unit() as unit:
        unit.households.put([replace(desk.household(), chip="sle4428")])
        unit.commit()
    assert not_changed(desk, card, home) == "change_needs_other_card"
    with desk.station.store.unit() as unit:
        unit.households.put([replace(desk.household(), chip=home.chip)])
        unit.commit()
    assert clear(desk, card).work == Work.CLEAR
    new = hung(RULES, home.meter.kind)
    assert issue(desk, card, home).work == Work.ISSUE
    assert stopped_by(desk, blank(), home) == "card_issued_already"
    new.take(card)
    assert issue(desk, card, home).meter_no == NEW_NO
    desk.sell(card, "100")
    assert new.take(card).credited
    assert verify(desk.station).ok
    desk.station.store.close()


def test_a_changed_card_that_is_gone_is_laid_aside_and_a_blank_opens_the_new_meter(
    tmp_path: Path,
) -> None:
    desk, card = stocked(tmp_path)
    home = customer()
    desk.sell(card, "100")
    meter_of(card, RULES).take(card)
    replaced(desk, home)
    change(desk, card, home)
    assert stopped_by(desk, blank(), home) == "card_issued_already"
    done = lay_aside(desk.station, home.account_no, SECOND, "lost on the way to its meter")
    assert (done.state, done.reference) == (TopUpState.VOIDED, Work.CHANGE)
    fresh, new = blank(), hung(RULES, home.meter.kind)
    assert issue(desk, fresh, home).work == Work.ISSUE
    new.take(fresh)
    assert issue(desk, fresh, home).work == Work.BIND
    desk.sell(fresh, "100")
    assert new.take(fresh).credited
    assert clear(desk, card).work == Work.CLEAR, "it came back: a dead card"
    assert verify(desk.station).ok
    desk.station.store.close()


@pytest.fixture
def same_ids(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From each call on the same ids are drawn: what is written takes as many steps of the chip."""

    def begin() -> None:
        monkeypatch.setattr(ids, "randbits", Random(7).getrandbits)

    return begin


@pytest.mark.parametrize("back", [False, True], ids=["changed", "put back"])
def test_pulled_at_every_byte_it_is_finished_on_the_same_card(
    tmp_path: Path, same_ids: Callable[[], None], back: bool
) -> None:
    seen = set()
    for number, step in enumerate((*range(1, 20, 3), *range(20, 400, 41), 10_000)):
        desk, card = stocked(tmp_path / str(number))
        home = customer()
        same_ids()
        replaced(desk, home)
        if back:
            change(desk, card, home)
            put_back(desk, home, home)
        card.chip.arm(Tear(step))
        stop = not_changed(desk, card, home)
        card.chip.arm(None)
        seen.add(stop)
        if stop:
            assert [one.code for one in recover(desk.station)] == ["card_change_open"]
            with pytest.raises(Refusal):
                desk.sell(card, "100")
            assert not_changed(desk, blank(), home) == "not_blank"
            assert not_changed(desk, card, home) == ""
        meter = meter_of(card_of(home), RULES) if back else hung(RULES, home.meter.kind)
        desk.sell(card, "100")
        assert meter.take(card).credited
        assert not recover(desk.station)
        assert verify(desk.station).ok
        desk.station.store.close()
    assert seen == {"", "card_change_unknown"}


def test_a_whole_card_whose_seal_was_lost_is_sealed_at_its_next_insertion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, card = stocked(tmp_path)
    replaced(desk, customer())
    with monkeypatch.context() as patch:
        patch.setattr(whole_card, "prove_code", pulled)
        with pytest.raises(OutcomeUnknown):
            change(desk, card, customer())
    inserted = desk.insert(card)
    assert resolve_card(desk.station, inserted).outcome is Outcome.WRITTEN
    inserted.close()
    assert not recover(desk.station)
    desk.station.store.close()


def pulled(*_about: object) -> None:
    raise LinkFailed("link_failed")
