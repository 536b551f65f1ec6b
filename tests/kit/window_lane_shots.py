"""Draws the batch with two, four and eight readers, in every state a reader can be in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cardstation.domain.topup import Step
from cardstation.errors import CardRemoved, CardStationError, ReaderGone, Refusal
from cardstation.services.batch_state import BatchState
from tests.kit import window_samples as samples
from tests.kit.window_fakes import FakeCard
from tests.kit.window_stage import Stage
from ui.screens.batch.envelope_dialog import EnvelopeDialog
from ui.screens.batch.not_held_dialog import NotHeldDialog

READERS = tuple(f"ACS ACR39U ICC Reader {n:02d} 00" for n in range(8))


def in_envelopes(standing: BatchState, first: int = 1) -> BatchState:
    """The same batch, its cards in numbered envelopes."""
    lines = tuple(
        replace(line, envelope=str(at)) for at, line in enumerate(standing.batch.lines, first)
    )
    outcomes = tuple(
        replace(one, line=line) for one, line in zip(standing.outcomes, lines, strict=True)
    )
    return replace(standing, batch=replace(standing.batch, lines=lines), outcomes=outcomes)


def lane_scenes(s: Stage) -> None:
    for count in (2, 4, 8):
        open_running(s, READERS[:count])
        if count == 2:
            s.shoot("lanes-2-waiting")
        _done(s, 0, 36)
        if count > 2:
            _stopped(s, 1, 37, Refusal("load_still_on_card", litres=50_000))
            _pulled(s, 2, 38)
        if count > 4:
            _strange(s, 4)
            _done(s, 5, 42)
            s.session.tools.place.troubled(ReaderGone(reader=READERS[6]), READERS[6])
        last = count - 1 if count < 8 else 3
        _lies(s, last, 47)
        s.shoot_at(Step.WRITE, f"lanes-{count}-running")
        s.insert(READERS[last])
        s.station.during = lambda _step: None
        _end(s, READERS[:count])
    _envelopes(s)


def open_running(s: Stage, readers: tuple[str, ...]) -> None:
    """A bag in envelopes, running in these readers."""
    s.station.standing = in_envelopes(samples.batch_standing(done=36, stopped=(33,)))
    s.window.go("batch")
    s.session.tools.place.plugged(readers)
    s.batch.model.open("2026-11-23-02")
    s.batch.model.start()


def _lies(s: Stage, lane: int, at: int) -> None:
    assert s.station.standing is not None
    line = s.station.standing.outcomes[at].line
    s.station.cards[READERS[lane]] = FakeCard(samples.facts(of=line), row=at)


def _done(s: Stage, lane: int, at: int) -> None:
    _lies(s, lane, at)
    s.insert(READERS[lane])


def _stopped(s: Stage, lane: int, at: int, stop: CardStationError) -> None:
    _lies(s, lane, at)
    _failing(s, stop, lambda: s.insert(READERS[lane]))


def _strange(s: Stage, lane: int) -> None:
    """A card that stands on no row."""
    nobody = replace(samples.line(40), card_no="88013099000001", account_no="220199000001")
    s.station.cards[READERS[lane]] = FakeCard(samples.facts(of=nobody), row=40)
    _failing(s, Refusal("card_not_in_batch"), lambda: s.insert(READERS[lane]))


def _failing(s: Stage, stop: CardStationError, act: Callable[[], None]) -> None:
    s.station.fails["load_line"] = stop
    act()
    s.station.fails.clear()


def _pulled(s: Stage, lane: int, at: int) -> None:
    """Out of the reader in the middle of the write: the tile stands at that step."""

    def torn(step: Step) -> None:
        if step is Step.WRITE:
            raise CardRemoved

    _lies(s, lane, at)
    s.station.during = torn
    s.insert(READERS[lane])
    s.station.during = lambda _step: None
    s.remove(READERS[lane])


def _end(s: Stage, readers: tuple[str, ...]) -> None:
    for reader in readers:
        s.remove(reader)
    s.session.tools.unfinished.free()
    s.batch.model.pause()
    s.batch.model.leave()
    s.session.tools.place.plugged(READERS[:1])
    s.station.cards.clear()
    s.session.tools.board.clear()


def _envelopes(s: Stage) -> None:
    """One reader: the envelope large, the tray, and a card in another's envelope."""
    open_running(s, READERS[:1])
    s.batch.model.scan("41")
    s.shoot("lanes-1-envelope-scanned")
    _done(s, 0, 40)
    s.shoot("lanes-1-done")
    s.remove(READERS[0])
    s.batch.model.scan("43")
    _lies(s, 0, 43)
    s.insert(READERS[0])
    s.shoot("lanes-1-other-envelope")
    _end(s, READERS[:1])
    _every_scan(s)


def _every_scan(s: Stage) -> None:
    """Numbers given row after row; then a card whose envelope was not scanned, in two readers."""
    s.station.standing = samples.batch_standing(20)
    s.batch.model.open("2026-11-23-02")
    giving = s.batch.model.envelopes()
    if giving is not None:
        dialog = EnvelopeDialog(s.window, s.window.look, giving)
        for number in ("E-001", "E-002"):
            giving.scanned(number)
        dialog.show()
        s.shoot_widget(dialog, "lanes-envelopes")
        dialog.close()
        dialog.deleteLater()
        s.window.activateWindow()
    _orders_not_held(s)
    open_running(s, READERS[:2])
    s.station.services().lanes.require_scans("2026-11-23-02")
    s.station.services().lanes.put_in_envelope("2026-11-23-02", 51, "", None, "")
    s.batch.model.look()
    _done(s, 0, 40)
    _done(s, 1, 41)
    s.shoot("lanes-2-scan-it")
    s.batch.model.scan("42")
    s.remove(READERS[1])
    s.shoot("lanes-2-other-envelope")
    s.remove(READERS[0])
    much = Refusal("line_needs_human", card_no="", row=44, reason="implausible_volume")
    _stopped(s, 1, 43, much)
    s.shoot("lanes-2-too-much")
    _end(s, READERS[:2])


def _orders_not_held(s: Stage) -> None:
    """The network is gone already: which paid orders of the bag this desk does not hold."""
    s.station.standing = samples.batch_standing()
    s.station.orders.fails = Refusal("order_needs_ledger", order_id="WX2026111900458871")
    left = s.station.services().orders.lease_batch("2026-11-23-02")
    s.station.orders.fails = None
    dialog = NotHeldDialog(s.window, s.window.look, left)
    dialog.show()
    s.shoot_widget(dialog, "lanes-orders-not-held")
    dialog.close()
    dialog.deleteLater()
    s.window.activateWindow()
