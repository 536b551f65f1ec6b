"""The page of services: nobody, some found, a household, a form, a card awaited, done, refused."""

from __future__ import annotations

from cardstation.domain.shift import Approval
from cardstation.domain.topup import Step
from cardstation.errors import Refusal
from tests.kit import window_samples as samples
from tests.kit.window_acts import ACT_CASES
from tests.kit.window_fakes import FakeCard
from tests.kit.window_household import busy_household, household_state
from tests.kit.window_people import SUPERVISOR
from tests.kit.window_stage import Stage, application
from ui.screens.household.acts import ACTS
from ui.screens.household.state import State


def household_scenes(s: Stage) -> None:
    s.window.go("household")
    model = s.household.model
    s.shoot("household-1-nobody")
    model.find("欧阳")
    s.shoot("household-2-found")
    model.take(samples.ACCOUNT_NO)
    s.shoot("household-3-services")
    model.look_back()
    s.shoot("household-16-history")
    model.back()
    model.choose("lay_aside")
    s.shoot("household-4-form")
    assert not model.confirm()
    s.shoot("household-5-missing")
    model.type("why", "卡断成两截，客户带回")
    s.shoot("household-6-preview")
    model.go(Approval(SUPERVISOR))
    s.shoot("household-7-done")
    model.back()
    model.choose("issue")
    model.go()
    s.shoot("household-8-place")
    s.station.fails["insert_card"] = Refusal("blank_card")
    s.station.fails["issue_card"] = Refusal("card_issued_already", account_no="1", card_no="2")
    s.insert()
    s.shoot("household-9-refused")
    s.remove()
    del s.station.fails["issue_card"]
    model.go()
    s.insert()
    s.shoot("household-10-issued")
    s.remove()
    s.station.fails.pop("insert_card", None)
    _with_card(s)
    s.window.go("counter")
    s.session.tools.board.clear()


def _with_card(s: Stage) -> None:
    model, known = s.household.model, s.station.households.known
    known[samples.ACCOUNT_NO] = busy_household()
    s.station.card = FakeCard(samples.facts(taken=False))
    s.insert()
    s.shoot("household-11-card")
    model.choose("return")
    s.shoot_at(Step.WRITE, "household-12-writing")
    model.go(Approval(SUPERVISOR))
    s.shoot("household-13-taken-back")
    s.remove()
    s.station.card = FakeCard(samples.facts(taken=False))
    s.insert()
    model.choose("return")
    s.pull_at(Step.VERIFY)
    model.go(Approval(SUPERVISOR))
    s.shoot("household-14-pulled")
    s.session.tools.unfinished.free()
    s.station.during = lambda _step: None
    s.remove()
    model.forget()
    model.find("7799")
    application().processEvents()
    s.shoot("household-15-nobody-found")
    model.forget()
    s.station.card = FakeCard(samples.facts())
    known[samples.ACCOUNT_NO] = household_state()


def act_scenes(s: Stage) -> None:
    """Every service's form, filled as its case says."""
    s.window.go("household")
    model = s.household.model
    for act in ACTS:
        case = ACT_CASES[act.code]
        model._show(State(facts=case.offered))
        model.choose(act.code)
        for name, text in case.texts.items():
            model.type(name, text)
        application().processEvents()
        s.shoot(f"act-{act.code}")
    model.forget()
    s.window.go("counter")
