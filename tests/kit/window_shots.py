"""Draws every screen of the window in every state into pictures, to be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cardstation.domain.batch import LineState, Verdict
from cardstation.domain.topup import Step
from cardstation.errors import CardServiceGone, Refusal
from cardstation.services.resolve import Outcome, Resolution
from cardstation.services.sync_state import SyncState
from tests.kit import window_samples as samples
from tests.kit.window_bag_shots import bag_scenes
from tests.kit.window_counter_shots import charge_scenes
from tests.kit.window_examine_shots import examine_scenes
from tests.kit.window_exception_shots import exception_scenes
from tests.kit.window_fakes import PRESENCE, FakeCard, FakeStation
from tests.kit.window_household_shots import act_scenes, household_scenes
from tests.kit.window_issue_shots import issue_scenes
from tests.kit.window_lane_shots import lane_scenes
from tests.kit.window_money_shots import money_scenes
from tests.kit.window_order_shots import order_scenes
from tests.kit.window_shift_shots import back_scenes, shift_scenes
from tests.kit.window_stage import Camera, Stage, application, stage
from tests.kit.window_team_shots import team_scenes
from ui.screens.batch.pay_dialog import PayDialog


def counter_scenes(s: Stage) -> None:
    s.shoot("counter-1-idle")
    s.insert()
    s.shoot("counter-2-card-in")
    s.counter.model.type_amount("300")
    s.shoot("counter-3-price")
    s.shoot_at(Step.WRITE, "counter-4-writing")
    s.counter.model.confirm()
    s.shoot("counter-5-done")
    s.remove()
    s.station.card = FakeCard(samples.facts())
    s.insert()
    s.counter.model.choose_unit("volume")
    s.counter.model.type_amount("3x")
    s.counter.model.choose_tender("bank_transfer")
    s.shoot("counter-6-not-a-volume")
    s.remove()


def trouble_scenes(s: Stage) -> None:
    s.station.card = FakeCard(samples.facts(stop="load_still_on_card", taken=False))
    s.insert()
    s.shoot("counter-7-load-still-on-card")
    s.remove()
    s.station.fails["insert_card"] = Refusal("foreign_card")
    s.insert()
    s.shoot("counter-8-foreign-card")
    s.remove()
    s.station.fails.clear()
    s.station.card = FakeCard(samples.facts())
    s.insert()
    s.counter.model.type_amount("300")
    s.pull_at(Step.VERIFY)
    s.counter.model.confirm()
    s.station.during = lambda _step: None
    s.remove()
    s.shoot("counter-9-pulled")
    s.station.fails.clear()
    s.counter.model.clear()
    asked = next(one for one in samples.open_intents() if one.code == "payment_question")
    s.station.resolution = Resolution(Outcome.QUESTION, asked)
    s.insert()
    s.shoot("counter-10-question")
    s.remove()
    s.station.resolution = Resolution(Outcome.NOTHING)
    s.station.synced = SyncState(7, 95, 12, "", (), configured=True)
    s.station.readers = ()
    s.session.status.refresh()
    s.session.tools.place.troubled(CardServiceGone())
    s.shoot("counter-11-offline")
    s.session.tools.place.plugged((PRESENCE.reader,))
    s.station.synced, s.station.readers = FakeStation().synced, FakeStation().readers
    s.session.status.refresh()


def batch_scenes(s: Stage) -> None:
    s.window.go("batch")
    s.shoot("batch-1-empty")
    s.station.standing = samples.batch_standing(funded=False)
    s.batch.model.look()
    s.shoot("batch-2-lists")
    s.batch.model.open("2026-11-23-02")
    s.shoot("batch-3-preflight")
    s.station.standing = samples.batch_standing(done=36, stopped=(33,))
    s.batch.model.look()
    s.batch.model.start()
    s.station.card = _card_at(s, 36)
    s.insert()
    s.remove()
    s.station.card = _card_at(s, 37)
    s.insert()
    s.remove()
    s.shoot("batch-5-next-card")
    s.station.card = _card_at(s, 38)
    s.shoot_at(Step.WRITE, "batch-6-writing")
    s.insert()
    s.station.during = lambda _step: None
    s.shoot("batch-7-done")
    s.remove()
    s.station.card = _card_at(s, 40)
    s.station.fails["load_line"] = Refusal("load_still_on_card", litres=50_000)
    s.insert()
    s.shoot("batch-8-needs-you")
    s.remove()
    s.station.fails.clear()
    s.pull_at(Step.WRITE)
    s.insert()
    s.remove()
    s.station.during = lambda _step: None
    s.shoot("batch-9-pulled")
    s.station.fails.clear()
    s.batch.model.lay_aside()
    s.session.tools.board.clear()
    s.batch.model.pause()
    s.station.standing = samples.batch_standing(done=60)
    s.batch.model.open("2026-11-23-02")
    s.shoot("batch-10-finished")
    s.batch.model.leave()


def _card_at(s: Stage, at: int) -> FakeCard:
    assert s.station.standing is not None
    one = s.station.standing.outcomes[at]
    assert one.line.verdict is Verdict.READY, at
    assert one.state is LineState.WAITING, at
    return FakeCard(samples.facts(of=one.line), row=at)


def other_scenes(s: Stage) -> None:
    s.station.standing = None
    s.window.go("exceptions")
    s.shoot("exceptions-1-none")
    s.station.open = samples.open_intents()
    s.station.standing = samples.batch_standing(done=20, stopped=(33, 40))
    s.window.go("exceptions")
    s.shoot("exceptions-2-some")
    s.window.go("settings")
    s.shoot("settings")
    s.window.go("about")
    s.shoot("about")
    s.window.go("counter")
    shown = s.window.show_keys()
    s.shoot("keys")
    shown.close_map()
    s.session.tools.board.say("Hand-over sheet filed as {file}.", "ok", file="2026-11-23-02.pdf")
    s.shoot("message-ok")
    s.session.tools.board.tell(Refusal("same_list_again", batch_id="2026-11-23-02"))
    s.shoot("message-refused")
    s.session.tools.board.clear()


SCENES = (
    counter_scenes,
    trouble_scenes,
    batch_scenes,
    lane_scenes,
    money_scenes,
    other_scenes,
    shift_scenes,
    back_scenes,
    exception_scenes,
    order_scenes,
    bag_scenes,
    team_scenes,
    examine_scenes,
    issue_scenes,
    household_scenes,
    act_scenes,
    charge_scenes,
)


def render_all(
    out: Path, languages: Iterable[str] = ("zh_CN", "en"), themes: Iterable[str] = ("light", "dark")
) -> Iterator[Path]:
    """Draw everything; yields each picture's file."""
    application()
    out.mkdir(parents=True, exist_ok=True)
    for language in languages:
        for theme in themes:
            shoot = Camera(out, f"{theme}-{language}")
            shown = stage(language, theme, shoot)
            for scene in SCENES:
                scene(shown)
            dialog = PayDialog(
                shown.window, shown.window.look, samples.batch_standing(funded=False)
            )
            dialog.show()
            shoot(dialog, "batch-4-lump-sum")
            dialog.close()
            shown.window.close()
            shown.window.deleteLater()
            yield from shoot.made
