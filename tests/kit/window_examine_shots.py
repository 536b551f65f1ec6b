"""The counter with a card that was examined: somebody else's, one of ours that is damaged, good."""

from __future__ import annotations

from cardstation.errors import Refusal
from tests.kit import window_samples as samples
from tests.kit.window_fakes import FakeCard, FakeStation
from tests.kit.window_stage import Stage


def examine_scenes(s: Stage) -> None:
    s.window.go("counter")
    s.station.fails["insert_card"] = Refusal("foreign_card")
    for name in ("strange", "damaged"):
        s.station.examined = name
        s.insert()
        s.counter.model.examine()
        s.shoot(f"examined-{name}")
        s.remove()
    s.station.fails.clear()
    s.station.examined, s.station.card = "differs", FakeCard(samples.facts())
    s.insert()
    s.shoot("examined-1-offered")
    s.counter.model.examine()
    s.shoot("examined-2-differs")
    s.counter.model.confirm()
    s.shoot("examined-3-printed")
    s.remove()
    s.session.tools.board.clear()
    s.station.examined = FakeStation.examined
