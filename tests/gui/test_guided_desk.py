"""The guided desk over a real station: a torn card ends its own case where it is put in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cardstation.domain.exception_case import Act
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.verify import verify
from tests.kit import window_samples as samples
from tests.kit.guides import every_guide
from tests.kit.window_shift_shots import exceptions_of, exceptions_view
from tests.kit.window_stage import Stage
from tests.kit.window_torn import TornDesk, torn_desk, until
from ui.screens.exceptions import ExceptionsScreen
from ui.screens.exceptions.state import KEYS, State


def state_of(torn: TornDesk) -> State:
    found = torn.window.session.screens["exceptions"]
    assert isinstance(found, ExceptionsScreen)
    return found.model.state


def test_a_torn_card_finds_its_row_and_is_finished_there(tmp_path: Path) -> None:
    with torn_desk(tmp_path) as torn:
        torn.sell_until_torn("300", lambda _name: None)
        torn.counter.model.lay_aside()
        torn.window.go("exceptions")
        until(lambda: len(state_of(torn).items or ()) == 1)
        [case] = exceptions_state(torn.desk.station)
        assert case.guide.step.act is Act.CARD
        torn.desk.reader.insert(torn.torn)
        until(lambda: torn.window.banner.state.kind == "done")
        assert torn.window.here == "exceptions"
        until(lambda: state_of(torn).items == ())
        torn.desk.reader.pull()
        until(lambda: torn.window.banner.state.kind == "idle")
        assert torn.desk.kinds()[-1] == "sealed"
        assert exceptions_state(torn.desk.station) == ()
        assert verify(torn.desk.station).ok


def test_another_card_is_refused_there_while_the_torn_one_is_waited_for(tmp_path: Path) -> None:
    with torn_desk(tmp_path) as torn:
        torn.sell_until_torn("300", lambda _name: None)
        torn.window.go("exceptions")
        before = torn.other.image
        torn.desk.reader.insert(torn.other)
        until(lambda: torn.window.banner.state.kind == "needs_you")
        assert torn.other.image == before
        torn.desk.reader.pull()
        until(lambda: torn.window.banner.state.kind == "idle")


def test_each_thing_that_can_be_done_has_a_key_of_its_own(desk: Stage) -> None:
    """Of every guide: what people do stands there as a button, and no two share a key."""
    desk.window.go("exceptions")
    desk.station.open = samples.open_intents()
    exceptions_of(desk).model.look()
    view, some = exceptions_view(desk), exceptions_of(desk).model.state.items or ()
    for name, guide in every_guide():
        view.wizard.show_case(replace(some[0], guide=guide), free=True)
        made = {act: view._buttons[act] for act in guide.now if act is not Act.CARD}
        assert all(one.isVisible() for buttons in made.values() for one in buttons), name
        keys = [key for act in made for key in KEYS[act]]
        assert len(set(keys)) == len(keys), name
        others = [one for act, found in view._buttons.items() if act not in made for one in found]
        assert not any(one.isVisible() for one in others), name
