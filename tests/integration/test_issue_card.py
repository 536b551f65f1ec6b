"""A blank becomes a household's card, over every maker, and no other card is touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from cardstation.domain.card import CardType
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Work
from cardstation.domain.transitions import TopUpState
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.services.intent import ids
from cardstation.services.lay_aside import lay_aside
from cardstation.services.recover import recover
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from drivers.virtual import Tear, VirtualCard
from drivers.virtual.card import new_chip
from tests.kit import cards
from tests.kit.issuing import blank, desk_for, issue, meter_for, newcomer, stopped_by
from tests.kit.station import Desk, card_of, layout_of, open_desk

SECOND = Approval("supervisor")
EVERY = [
    pytest.param(rules, kind, id=f"{rules.code} {kind.value}")
    for rules in MAKERS
    if rules.training
    for kind in sorted(rules.kinds)
]


@pytest.mark.parametrize(("rules", "kind"), EVERY)
def test_open_issue_meter_bind_buy_meter_buy_meter(
    tmp_path: Path, rules: MakerRules, kind: MeterKind
) -> None:
    home = newcomer(rules, kind)
    desk, card = desk_for(tmp_path, home, rules), blank(rules)
    meter = meter_for(home, rules)
    slip = issue(desk, card, home, rules.code)
    assert (slip.work, slip.counter) == (Work.ISSUE, 0)
    shown = layout_of(rules).decode(card.image)
    assert shown.identity.card_type is CardType.OPENING
    with pytest.raises(Refusal, match="card_not_bound"):
        desk.sell(card, "100")
    with pytest.raises(Refusal, match="card_not_home"):
        issue(desk, card, home, rules.code)
    assert meter.take(card).written
    bound = issue(desk, card, home, rules.code)
    assert (bound.work, bound.meter_no) == (Work.BIND, home.meter.meter_no)
    total = 0
    for _ in range(3):
        desk.sell(card, "100")
        taken = meter.take(card)
        assert taken.written
        total += 1
    assert meter.state.purchase_counter in (total, 0)
    assert meter.state.residual > 0
    assert verify(desk.station).ok
    desk.station.store.close()


def stocked(tmp_path: Path) -> tuple[Desk, Household, VirtualCard]:
    home = newcomer(MAKERS[0])
    return desk_for(tmp_path, home), home, blank()


def refused(desk: Desk, card: VirtualCard, home: Household, maker: str = "CS01") -> str:
    before = card.image
    with pytest.raises(Refusal) as stop:
        issue(desk, card, home, maker)
    assert card.image == before
    return stop.value.code


def test_only_a_blank_is_written(tmp_path: Path) -> None:
    desk, home, _ = stocked(tmp_path)
    neighbour = replace(home, account_no="220104000999", card_no="88013025000999")
    for card in (card_of(cards.household()), card_of(neighbour), card_of(home)):
        assert refused(desk, card, home) == "not_blank"
    strange = blank()
    strange.chip.memories["main"][40:44] = b"GAS!"
    assert refused(desk, strange, home) == "not_blank"
    assert refused(desk, VirtualCard(new_chip("sle4428")), home) == "card_of_other_chip"
    desk.station.store.close()


def test_nobody_gets_a_second_card(tmp_path: Path) -> None:
    desk, home, card = stocked(tmp_path)
    issue(desk, card, home)
    assert refused(desk, blank(), home) == "card_issued_already"
    desk.station.store.close()


def test_who_bought_before_has_a_card(tmp_path: Path) -> None:
    home = replace(cards.household(), chip="sle4442")
    desk = desk_for(tmp_path, home)
    assert refused(desk, blank(), home) == "card_issued_already"
    desk.station.store.close()


def test_another_desk_issued_it(tmp_path: Path) -> None:
    home = newcomer(MAKERS[0])
    desk = desk_for(tmp_path / "one", home)
    issue(desk, blank(), home)
    sync(desk.station)
    other = open_desk(tmp_path / "two", households=[home], ledger=desk.ledger)
    other.station = replace(other.station, name="S002", number=2)
    assert refused(other, blank(), home) == "card_issued_already"
    for one in (desk, other):
        one.station.store.close()


@pytest.mark.parametrize("status", [HouseholdStatus.STOPPED, HouseholdStatus.CLOSED])
def test_an_account_that_is_not_active_gets_none(tmp_path: Path, status: HouseholdStatus) -> None:
    home = replace(newcomer(MAKERS[0]), status=status)
    desk = desk_for(tmp_path, home)
    assert refused(desk, blank(), home) == f"account_{status.value}"
    desk.station.store.close()


def test_where_several_makers_fit_one_is_said(tmp_path: Path) -> None:
    desk, home, card = stocked(tmp_path)
    assert refused(desk, card, home, "") == "maker_not_said"
    assert refused(desk, card, home, "CS10") == "maker_not_said", "the city's, on a training desk"
    assert refused(desk, card, replace(home, account_no="1")) == "unknown_household"
    desk.station.store.close()


def test_a_different_meter_than_on_file_stops_the_desk(tmp_path: Path) -> None:
    desk, home, card = stocked(tmp_path)
    issue(desk, card, home)
    assert meter_for(home, MAKERS[0], "QM0000000042").take(card).written
    with pytest.raises(Refusal, match="meter_differs_from_file") as stop:
        issue(desk, card, home)
    assert stop.value.values["seen"] == "QM0000000042"
    desk.station.store.close()


def test_a_meter_that_counts_already_gives_its_count_to_its_new_card(tmp_path: Path) -> None:
    desk, home, card = stocked(tmp_path)
    issue(desk, card, home)
    meter = meter_for(home, MAKERS[0])
    meter.state = replace(
        meter.state, account_no=home.account_no, purchase_counter=7, cumulative=90_000
    )
    meter.take(card)
    assert issue(desk, card, home).counter == 7
    assert desk.household().purchase_counter == 7
    desk.sell(card, "100")
    meter.take(card)
    assert meter.state.purchase_counter == 8
    assert verify(desk.station).ok
    desk.station.store.close()


def test_pulled_at_every_byte_it_is_finished_on_the_same_card_or_another(
    tmp_path: Path, same_ids: Callable[[], None]
) -> None:
    seen, steps = set(), _steps_of(tmp_path / "count", same_ids)
    for number, tear in enumerate((*range(1, steps - 40, 60), *range(steps - 40, steps + 1, 4))):
        home = newcomer(MAKERS[0])
        desk, card = desk_for(tmp_path / str(number), home), blank()
        card.chip.arm(Tear(tear))
        same_ids()
        if stopped_by(desk, card, home) == "":
            assert tear == steps, "every cut before the last step is told"
            seen.add("done")
            desk.station.store.close()
            break
        card.chip.arm(None)
        assert [one.code for one in recover(desk.station)] == ["card_work_open"]
        again = stopped_by(desk, card, home)
        seen.add(again or "same")
        assert again in ("", "card_code_unknown"), tear
        if again:
            card = blank()
            assert stopped_by(desk, card, home) == ""
        assert layout_of(MAKERS[0]).decode(card.image).identity.account_no == home.account_no
        assert not recover(desk.station)
        assert verify(desk.station).ok
        desk.station.store.close()
    assert {"done", "same", "card_code_unknown"} <= seen


def test_a_whole_card_whose_seal_was_lost_is_sealed_at_its_next_insertion(
    tmp_path: Path, same_ids: Callable[[], None]
) -> None:
    desk, home, card = stocked(tmp_path)
    steps = _steps_of(tmp_path / "count", same_ids)
    card.chip.arm(Tear(steps - 1))
    same_ids()
    with pytest.raises(OutcomeUnknown):
        issue(desk, card, home)
    card.chip.arm(None)
    inserted = desk.insert(card)
    assert resolve_card(desk.station, inserted).outcome is Outcome.WRITTEN
    inserted.close()
    assert not recover(desk.station)
    assert verify(desk.station).ok
    desk.station.store.close()


@pytest.fixture
def same_ids(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From each call on the same ids are drawn: what is written takes as many steps of the chip."""

    def begin() -> None:
        monkeypatch.setattr(ids, "randbits", Random(7).getrandbits)

    return begin


def _steps_of(folder: Path, same_ids: Callable[[], None]) -> int:
    home = newcomer(MAKERS[0])
    desk, card = desk_for(folder, home), blank()
    same_ids()
    issue(desk, card, home)
    desk.station.store.close()
    return card.chip.steps


def test_two_persons_lay_a_spoiled_card_aside(tmp_path: Path) -> None:
    desk, home, card = stocked(tmp_path)
    card.chip.arm(Tear(40))
    with pytest.raises(OutcomeUnknown):
        issue(desk, card, home)
    with pytest.raises(Refusal, match="second_person_same"):
        lay_aside(desk.station, home.account_no, Approval("demo"), "the card broke in two")
    with pytest.raises(Refusal, match="proof_missing"):
        lay_aside(desk.station, home.account_no, SECOND, "gone")
    done = lay_aside(desk.station, home.account_no, SECOND, "the card broke in two")
    assert done.state is TopUpState.VOIDED
    assert desk.kinds()[-1] == "card_given_up"
    with pytest.raises(Refusal, match="no_card_work"):
        lay_aside(desk.station, home.account_no, SECOND, "the card broke in two")
    assert issue(desk, blank(), home).work == Work.ISSUE
    assert verify(desk.station).ok
    desk.station.store.close()


def test_a_card_pulled_while_it_is_bound_is_bound_at_its_next_insertion(tmp_path: Path) -> None:
    for number, tear in enumerate(range(1, 120, 29)):
        home = newcomer(MAKERS[0])
        desk, card = desk_for(tmp_path / str(number), home), blank()
        issue(desk, card, home)
        meter = meter_for(home, MAKERS[0])
        meter.take(card)
        card.chip.arm(Tear(tear))
        try:
            issue(desk, card, home)
        except OutcomeUnknown:
            card.chip.arm(None)
            assert refused_sale(desk, card) in ("blank_card", "card_not_bound", "card_work_open")
            issue(desk, card, home)
        card.chip.arm(None)
        desk.sell(card, "100")
        assert meter.take(card).written
        assert meter.state.residual > 0
        assert verify(desk.station).ok
        desk.station.store.close()


def refused_sale(desk: Desk, card: VirtualCard) -> str:
    with pytest.raises(Refusal) as stop:
        desk.sell(card, "100")
    return stop.value.code
