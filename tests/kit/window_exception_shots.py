"""Draws the guided desk: every kind of open thing with its steps, and a card finding its row."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.guides import FREE, PARTLY_HELD
from cardstation.domain.line_guides import (
    BACK,
    COVERED,
    DESTROYED,
    KEPT,
    LOST,
    OWED,
    REFUSED,
    SEEN,
    STRAY,
)
from cardstation.domain.money import Money
from cardstation.domain.topup import Step
from cardstation.errors import Refusal
from cardstation.ports.ledger import LedgerException
from cardstation.sentences import word
from cardstation.services.intent.cases import Case
from cardstation.services.resolve import Outcome, Resolution
from cardstation.services.settle_arrears import CONSENTS
from cardstation.services.sync_state import SyncState
from tests.kit import window_samples as samples
from tests.kit.window_cases import (
    bag_case,
    doubt_case,
    line_case,
    money_case,
    order_case,
    stop_case,
)
from tests.kit.window_fakes import FakeCard, FakeStation
from tests.kit.window_money import some_money
from tests.kit.window_people import PIN, SUPERVISOR
from tests.kit.window_shift_shots import exceptions_of, exceptions_view
from tests.kit.window_stage import Stage
from ui.screens.batch.arrears_dialog import ArrearsDialog, Owing
from ui.screens.batch.lists_state import REASONS
from ui.screens.exceptions.dialogs import FieldDialog, ReasonDialog
from ui.screens.exceptions.view import ExceptionsView


def exception_scenes(s: Stage) -> None:
    """Every kind, the way back of one, a card that ends its own, and a look-up that fails."""
    screen, view = exceptions_of(s), exceptions_view(s)
    _fill(s)
    s.window.go("exceptions")
    seen: set[str] = set()
    for at, one in enumerate(screen.model.state.items or ()):
        if one.code not in seen:
            seen.add(one.code)
            view.table.select(at)
            s.shoot(f"guide-{one.kind}-{one.code.replace('_', '-')}")
    _card(s)
    _answers(s, view)
    s.station.fails["exceptions"] = Refusal("store_rolled_back")
    screen.model.look()
    s.shoot("guide-not-looked-up")
    s.station.fails.clear()
    s.station.open, s.station.standing, s.station.cases = (), None, ()
    s.station.synced = FakeStation().synced
    screen.model.look()


def _fill(s: Stage) -> None:
    mine = samples.open_intents()
    refund = replace(
        mine[3], intent_id="intent-9", code="refund_requested", card_no="8801325000777"
    )
    off = replace(mine[2], intent_id="intent-10", code="return_requested", state="requested")
    s.station.open = (*mine, replace(refund, state="refund_requested"), off)
    s.station.standing = samples.batch_standing(done=20, stopped=(33,))
    s.station.cases = (bag_case(s.station), order_case(s.station), stop_case(s.station))
    conflicts = (LedgerException(41, "double_load"), LedgerException(57, "counter_gap"))
    s.station.synced = SyncState(0, 0, 60, "", conflicts, configured=True)


def _card(s: Stage) -> None:
    s.station.card = FakeCard(samples.facts(of=samples.line(6)))
    priced = samples.quote(samples.household(), samples.open_intents()[3].money, None)
    s.station.resolution = Resolution(Outcome.SEALED, receipt=samples.receipt(priced))
    s.shoot_at(Step.WRITE, "guide-card-1-writing")
    s.insert()
    s.station.during = lambda _step: None
    s.shoot("guide-card-2-done")
    s.remove()
    s.station.resolution = Resolution(Outcome.NOTHING)
    s.station.card = FakeCard(samples.facts())
    s.insert()
    s.shoot("guide-card-3-nothing-open")
    s.remove()


def _take_off(s: Stage, refused: Case) -> None:
    """The load of a card that its household refused comes off it."""
    model, people = exceptions_of(s).model, s.station.people
    line = samples.line(41)
    of_line = replace(refused, card_no=line.card_no)
    model.take_off(of_line, people.services().approve(SUPERVISOR, PIN), "1043.2")
    s.shoot("take-off-1-card-wanted")
    s.station.card = FakeCard(samples.facts(stop="load_still_on_card", taken=False))
    s.insert()
    s.shoot("take-off-2-other-card")
    s.remove()
    s.station.card = FakeCard(samples.facts(of=line, stop="load_still_on_card", taken=False))
    s.shoot_at(Step.WRITE, "take-off-3-writing")
    s.insert()
    s.station.during = lambda _step: None
    s.shoot("take-off-4-done")
    s.remove()
    s.station.card = FakeCard(samples.facts())


def _answers(s: Stage, view: ExceptionsView) -> None:
    """What a batch leaves open, in each state that has its own guide; and what is asked."""
    station, model = s.station, exceptions_of(s).model
    [doubt] = [one for one in samples.open_intents() if one.code == "payout_pending"]
    station.open, station.standing = (replace(doubt, code="payout_in_doubt"),), None
    station.synced = FakeStation().synced
    station.cases = (
        line_case(station, "arrears", debt_fen=3_460),
        line_case(station, "arrears", COVERED, debt_fen=3_460),
        line_case(station, "card_in_other_envelope", SEEN, envelope="B-07", own="A-12"),
        line_case(station, "old_card", SEEN),
        line_case(station, "card_of_other_batch", STRAY, batch_id="2026-11-23-01"),
        line_case(station, "door_differs", BACK),
        line_case(station, "kept_absent", KEPT),
        line_case(station, "kept_refused", KEPT),
        line_case(station, "kept_refused", REFUSED),
        line_case(station, "kept_refused", OWED),
        line_case(station, "load_on_lost_card", LOST),
        line_case(station, "load_on_lost_card", DESTROYED),
        money_case(station, PARTLY_HELD),
        money_case(station, FREE),
        doubt_case(station),
    )
    model.look()
    for at, one in enumerate(model.state.items or ()):
        view.table.select(at)
        s.shoot(f"guide-{one.kind}-{one.code.replace('_', '-')}-{one.state}".rstrip("-"))
        if one.code == "card_in_other_envelope":
            model.scan(one, "A-12")
            s.shoot("guide-line-envelope-scanned")
        if one.state == REFUSED:
            _take_off(s, one)
    look, window = s.window.look, s.window
    owing = Owing("冯志强  4-1-702", Money(3_460), some_money(40).payments, CONSENTS)
    at_desk = look.t("Cards that lie at the desk")
    reasons = [(code, word(f"left_out.{code}", look.t)) for code in REASONS]
    for name, dialog in (
        ("arrears", ArrearsDialog(window, look, owing)),
        ("left-out", ReasonDialog(window, look, look.t("Why is it left out?"), owing.who, reasons)),
        (
            "count",
            FieldDialog(window, look, at_desk, "", figures=True),
        ),
    ):
        dialog.show()
        s.shoot_widget(dialog, f"guide-ask-{name}")
        dialog.close()
        dialog.deleteLater()
