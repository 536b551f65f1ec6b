"""What the return of a bag prints is chosen on its page."""

from __future__ import annotations

from tests.gui.test_bag import begin
from tests.kit.window_stage import Stage


def test_receipts_go_on_a_strip_for_each_floor_when_asked(desk: Stage) -> None:
    page = begin(desk)
    model, printed = desk.batch.model.bag, desk.station.bag.papers
    model.print_return()
    page.receipts.click()
    assert "每层" in page.receipts.text()
    model.print_return()
    page.receipts.click()
    model.print_return()
    assert printed[-3:] == ["return", "strips", "return"]


def test_without_a_printer_the_return_is_filed_and_not_said_to_be_printed(desk: Stage) -> None:
    begin(desk)
    desk.station.bag.printer = ""
    desk.batch.model.bag.print_return()
    note = desk.session.tools.board.note
    assert note is not None
    assert (note.text, note.tone) == ("{n} papers of the return filed; no printer is set.", "warn")
