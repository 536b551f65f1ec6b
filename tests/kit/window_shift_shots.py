"""Draws the shift screen, the second person and what people do about exceptions."""

from __future__ import annotations

from cardstation.errors import Refusal
from cardstation.ports.ledger import LedgerException
from cardstation.services.sync_state import SyncState
from tests.kit import window_samples as samples
from tests.kit.window_fakes import FakeCard, FakeStation
from tests.kit.window_people import PIN, SUPERVISOR, TELLER, FakeShifts, items
from tests.kit.window_stage import Stage
from ui.parts.meter_count import MeterSheet
from ui.parts.second_person import SecondPerson
from ui.screens.exceptions import ExceptionsScreen
from ui.screens.exceptions.view import ExceptionsView
from ui.screens.shift import ShiftScreen
from ui.screens.shift.state import Count
from ui.screens.shift.view import ClerkSheet, ShiftView


def shift_of(s: Stage) -> ShiftScreen:
    found = s.session.screens["shift"]
    assert isinstance(found, ShiftScreen)
    return found


def shift_view(s: Stage) -> ShiftView:
    found = s.window.view("shift")
    assert isinstance(found, ShiftView)
    return found


def exceptions_of(s: Stage) -> ExceptionsScreen:
    found = s.session.screens["exceptions"]
    assert isinstance(found, ExceptionsScreen)
    return found


def exceptions_view(s: Stage) -> ExceptionsView:
    found = s.window.view("exceptions").findChild(ExceptionsView)
    assert isinstance(found, ExceptionsView)
    return found


def shift_scenes(s: Stage) -> None:
    people, model = s.station.people, shift_of(s).model
    people.open, people.clerks = None, ()
    s.window.go("shift")
    s.shoot("shift-1-no-clerks")
    people.clerks = FakeShifts().clerks
    s.station.open, s.station.standing = (), None
    s.window.go("shift")
    s.shoot("shift-2-nobody")
    model.open(TELLER, "111111", "500")
    s.shoot("shift-3-pin-wrong")
    people.left = 1
    model.open(TELLER, "111111", "500")
    s.shoot("shift-4-pin-locked")
    people.left = 5
    model.open(TELLER, PIN, "500")
    s.session.tools.board.clear()
    s.shoot("shift-5-on-duty-calm")
    s.station.open, people.open_items = samples.open_intents(), items()
    s.window.go("shift")
    s.shoot("shift-6-on-duty")
    model.begin_count()
    model.count(Count(("27", "3", "9", "4", "6", "7"), "3.50"))
    s.shoot("shift-7-counting")
    model.close("222222")
    s.shoot("shift-8-count-pin-wrong")
    model.close(PIN, SUPERVISOR, PIN)
    s.shoot("shift-9-short")
    model.done()
    for name, total in (("shift-10-right", "3184.50"), ("shift-11-over", "3190")):
        model.open(TELLER, PIN, "500")
        model.begin_count()
        model.count(Count(total=total, by_total=True))
        if name == "shift-10-right":
            s.shoot("shift-12-total")
        model.close(PIN)
        s.shoot(name)
        model.done()
    model.open(TELLER, PIN, "500")
    people.counted = True
    model.look()
    s.session.tools.board.clear()
    s.shoot("shift-13-count-stands")
    people.counted = False
    model.look()
    sheet = ClerkSheet(s.window, s.window.look)
    sheet.show()
    s.shoot_widget(sheet, "shift-14-add-clerk")
    sheet.close()


def back_scenes(s: Stage) -> None:
    s.station.open, s.station.standing = samples.open_intents(), None
    s.window.go("exceptions")
    what = s.window.look.t("The paid load is given up and its money is owed to the payer.")
    dialog = SecondPerson(s.window, s.window.look, s.session.tools.approver, f"¥650.00  ·  {what}")
    dialog.show()
    s.shoot_widget(dialog, "second-person-1")
    dialog.pin.setText("111111")
    dialog.accept()
    s.shoot_widget(dialog, "second-person-2-wrong")
    dialog.close()
    _meter_read(s)
    _refund(s)
    _ledger(s)
    _take_back(s)


def _meter_read(s: Stage) -> None:
    what = "The load is neither on its card nor in its meter; both have seen the proof."
    sheet = MeterSheet(
        s.window, s.window.look, s.session.tools.approver, s.window.look.t(what), "QM17996012345"
    )
    sheet.typed.setText("照片 118")
    sheet.count.setText("51")
    sheet.show()
    s.shoot_widget(sheet, "meter-count")
    sheet.close()


def _refund(s: Stage) -> None:
    model = exceptions_of(s).model
    items = model.state.items or ()
    [item] = [one for one in items if one.code == "paid_not_loaded"]
    exceptions_view(s).table.select(items.index(item))
    s.station.people.left = 5
    approval = s.station.people.services().approve(SUPERVISOR, PIN)
    model.refund(item, approval)
    s.shoot("refund-1-card-wanted")
    s.insert()
    s.shoot("refund-2-other-card")
    s.remove()
    s.station.card = FakeCard(samples.facts(of=samples.line(6)))
    s.insert()
    s.shoot("refund-3-recorded")
    s.remove()
    s.station.card = FakeCard(samples.facts())


def _ledger(s: Stage) -> None:
    conflicts = (LedgerException(41, "false_seal"), LedgerException(57, "counter_gap"))
    s.station.synced = SyncState(7, 95, 12, "ledger_ahead", conflicts, configured=True)
    s.session.status.refresh()
    s.window.go("exceptions")
    exceptions_view(s).table.select(0)
    s.shoot("exceptions-restored")
    for verdict in ("ledger_fork", "station_suspended"):
        s.station.synced = SyncState(7, 95, 12, verdict, (), configured=True)
        s.session.status.refresh()
        s.window.go("exceptions")
        exceptions_view(s).table.select(0)
        s.shoot(f"exceptions-{verdict.replace('_', '-')}")
        s.window.go("counter")
        s.shoot(f"counter-frozen-{verdict.replace('_', '-')}")
    s.station.synced = FakeStation().synced
    s.session.status.refresh()
    s.window.go("counter")
    s.station.fails["sync"] = Refusal("ledger_unreachable")
    s.session.status.send()
    s.shoot("counter-ledger-silent")
    s.station.fails.clear()
    s.session.status.send()


def _take_back(s: Stage) -> None:
    s.station.card = FakeCard(samples.facts(stop="load_still_on_card", taken=False))
    s.insert()
    s.shoot("return-1-load-on-card")
    s.counter.model.take_back(s.station.people.services().approve(SUPERVISOR, PIN))
    s.shoot("return-2-taken-back")
    s.remove()
    s.station.card = FakeCard(samples.facts())
