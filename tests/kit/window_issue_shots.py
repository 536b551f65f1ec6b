"""The counter with cards that are issued: a blank, the question whose it becomes, a new card."""

from __future__ import annotations

from dataclasses import replace

from cardstation.errors import Refusal
from tests.kit import window_samples as samples
from tests.kit.window_fakes import FakeCard
from tests.kit.window_stage import Stage
from ui.screens.counter.issue_dialog import IssueDialog


def issue_scenes(s: Stage) -> None:
    s.window.go("counter")
    s.station.fails["insert_card"] = Refusal("blank_card")
    s.insert()
    s.shoot("issue-1-blank")
    dialog = IssueDialog(s.window, s.window.look, s.counter.model.makers)
    dialog.account.setText(samples.facts().content.identity.account_no)
    dialog.show()
    s.shoot_widget(dialog, "issue-2-whose")
    dialog.close()
    new = replace(samples.facts(), stop=Refusal("card_not_bound", account_no="220104000017"))
    s.station.card = FakeCard(new)
    s.counter.model.issue("220104000017", "CS02")
    s.shoot("issue-3-issued")
    s.remove()
    s.session.tools.board.clear()
    s.insert()
    s.shoot("issue-4-not-bound")
    s.remove()
    s.station.card = FakeCard(samples.facts())
