"""A day over the real services: a shift, a return, a refund, two persons, a blind count."""

from __future__ import annotations

from pathlib import Path

from cardstation.domain.money import NO_MONEY
from cardstation.domain.shift import Approval
from cardstation.services.verify import verify
from drivers.virtual import PullAfter
from tests.kit.cards import content
from tests.kit.shifts import BEN, CHIEF, PINS
from tests.kit.window_torn import TornDesk, torn_desk, until
from ui.screens.counter.state import Phase as CardPhase
from ui.screens.exceptions import ExceptionsScreen
from ui.screens.shift import ShiftScreen
from ui.screens.shift.state import Count, Phase


def shift_of(torn: TornDesk) -> ShiftScreen:
    found = torn.window.session.screens["shift"]
    assert isinstance(found, ShiftScreen)
    return found


def exceptions_of(torn: TornDesk) -> ExceptionsScreen:
    found = torn.window.session.screens["exceptions"]
    assert isinstance(found, ExceptionsScreen)
    return found


def reached(torn: TornDesk, phase: Phase) -> None:
    until(lambda: shift_of(torn).model.state.phase is phase and not shift_of(torn).model.state.busy)


def on_duty(torn: TornDesk) -> None:
    """The first supervisor, a teller by their leave, and the teller's shift with 500 yuan."""
    model = shift_of(torn).model
    torn.window.go("shift")
    reached(torn, Phase.NO_CLERKS)
    model.add_first(CHIEF, PINS[CHIEF])
    reached(torn, Phase.OFF)
    model.add(BEN, PINS[BEN], supervisor=False, by=approved(torn))
    until(
        lambda: (
            not model.state.busy and len(model.state.found.clerks if model.state.found else ()) == 2
        )
    )
    model.open(BEN, PINS[BEN], "500")
    reached(torn, Phase.ON)


def clerks_of(torn: TornDesk) -> int:
    found = shift_of(torn).model.state.found
    return len(found.clerks) if found else 0


def approved(torn: TornDesk) -> Approval:
    got: list[Approval] = []
    torn.window.session.tools.approver.approve(CHIEF, PINS[CHIEF], got.append, lambda _error: None)
    until(lambda: bool(got))
    return got[0]


def sell(torn: TornDesk, yuan: str) -> None:
    torn.counter.model.type_amount(yuan)
    until(lambda: torn.counter.model.state.may_confirm)
    torn.counter.model.confirm()


def pay_out(torn: TornDesk, code: str) -> None:
    """Choose the row and pay it out; then nothing waits any more."""
    model = exceptions_of(torn).model
    torn.window.go("exceptions")
    until(lambda: [one.code for one in model.state.items or ()] == [code])
    model.pay_out((model.state.items or ())[0], approved(torn))
    until(lambda: model.state.items == ())


def close(torn: TornDesk, yuan: str) -> None:
    model = shift_of(torn).model
    torn.window.go("shift")
    reached(torn, Phase.ON)
    model.begin_count()
    model.count(Count(total=yuan, by_total=True))
    model.close(PINS[BEN], CHIEF, PINS[CHIEF])
    reached(torn, Phase.CLOSED)
    assert model.state.closed is not None
    assert model.state.closed.over_short == NO_MONEY
    assert model.state.closed.handed_to == CHIEF


def test_sold_taken_back_paid_out_and_counted(tmp_path: Path) -> None:
    """89 m³ cost 299.04; the 96 fen that were left over stay the household's balance."""
    with torn_desk(tmp_path, clerk="") as torn:
        on_duty(torn)
        before = content(torn.torn).credit
        torn.put_in(torn.torn, CardPhase.READY)
        sell(torn, "300")
        until(lambda: torn.phase is CardPhase.DONE and torn.counter.model.state.may_take_back)
        torn.counter.model.take_back(approved(torn))
        until(lambda: torn.counter.model.state.owed is not None)
        assert torn.window.banner.state.title == "已退气，请取卡"
        assert str(torn.counter.model.state.owed) == "¥299.04"
        torn.take_out(CardPhase.EMPTY)
        after = content(torn.torn)
        assert before is not None
        assert after.credit is not None
        assert after.credit.purchase_counter == before.purchase_counter
        assert after.pending is None
        pay_out(torn, "payout_pending")
        close(torn, "500.96")
        assert verify(torn.desk.station).ok


def test_paid_not_written_refunded_with_the_card_and_counted(tmp_path: Path) -> None:
    with torn_desk(tmp_path, clerk="") as torn:
        on_duty(torn)
        before = torn.torn.image
        torn.put_in(torn.torn, CardPhase.READY)
        chip = torn.torn.chip
        chip.arm(PullAfter(0))
        sell(torn, "300")
        until(lambda: torn.phase is CardPhase.PULLED and not torn.desk.reader.occupied)
        assert torn.torn.image == before
        until(lambda: not torn.window.session.tools.place.present)
        torn.counter.model.lay_aside()
        model = exceptions_of(torn).model
        torn.window.go("exceptions")
        until(lambda: len(model.state.items or ()) == 1)
        [item] = model.state.items or ()
        assert (item.code, item.owner) == ("load_unfinished", BEN)
        model.refund(item, approved(torn))
        torn.desk.reader.insert(torn.other)
        until(lambda: torn.window.banner.state.kind == "needs_you")
        torn.desk.reader.pull()
        until(lambda: torn.window.banner.state.kind == "idle")
        torn.desk.reader.insert(torn.torn)
        until(lambda: torn.window.banner.state.kind == "done")
        assert torn.torn.image == before
        torn.desk.reader.pull()
        until(lambda: not exceptions_of(torn).holds_cards)
        pay_out(torn, "refund_requested")
        close(torn, "500")
        assert verify(torn.desk.station).ok
