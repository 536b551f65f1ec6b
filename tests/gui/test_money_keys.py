"""Money of a batch by keys alone, and what is on record: who paid, who confirmed, who did not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cardstation.domain.money import NO_MONEY, Money
from cardstation.services.batch_account import PaymentStanding, batch_account
from cardstation.services.close_shift import close_shift
from cardstation.services.open_shift import open_shift
from cardstation.services.verify import verify
from tests.kit.papers import pages_of
from tests.kit.shifts import ANNA, CHIEF, FLOAT, PINS
from tests.kit.station import line, neighbours, put_batch
from tests.kit.window_guided import GuidedDesk, guided_desk
from ui.screens.batch import BatchScreen

Key = Qt.Key
HOMES = neighbours(2)
BATCH = "2026-11-24-01"
ENTER, ESC = "\n", "\x1b"
GIVE_BACK = ENTER
"""All that is left of the payment, as it stands in the dialog."""
LEFT = Money(10_000)
CONFIRM, WRONG = f"{PINS[CHIEF]}{ENTER}", f"111111{ENTER}"
MANAGER, COMPANY = "王经理", "阳光花园三期北区物业管理服务有限责任公司"


@pytest.fixture
def desk_with_bag(tmp_path: Path) -> Iterator[GuidedDesk]:
    """Two rows of 100 yuan on the money page; nothing is paid."""
    with guided_desk(tmp_path / "home", HOMES) as opened:
        lines = [line(home, row) for row, home in enumerate(HOMES, 2)]
        put_batch(opened.desk, lines, BATCH, manager=MANAGER)
        opened.window.activateWindow()
        assert QTest.qWaitForWindowActive(opened.window)
        opened.window.go("batch")
        batch = opened.window.session.screens["batch"]
        assert isinstance(batch, BatchScreen)
        batch.model.open(BATCH)
        opened.press(Key.Key_F9)
        yield opened
        proof = verify(opened.desk.station)
        assert proof.ok, proof.disagreements


def paid(opened: GuidedDesk) -> tuple[PaymentStanding, ...]:
    return batch_account(opened.desk.station, BATCH).payments


def gone_back(opened: GuidedDesk) -> list[tuple[Money, str]]:
    """What went back, and who confirmed it."""
    with opened.desk.station.store.reading() as reading:
        return [(one.money, one.approver) for one in reading.lump_sums.given_back(BATCH)]


def take_too_much(opened: GuidedDesk) -> None:
    """300 yuan for rows of 200: asked about first, recorded when it is said once more."""
    opened.press(Key.Key_F6, f"300\t李四{ENTER}")
    assert paid(opened) == ()
    opened.press(Key.Key_F6, f"300\t李四{ENTER}")


def test_who_pays_is_on_record_and_on_paper(desk_with_bag: GuidedDesk) -> None:
    """The manager stands in the field; who clears it has the manager on record all the same."""
    home = desk_with_bag.desk.station.store.home
    for typed, payer in (
        ("", MANAGER),
        ("\b", MANAGER),
        ("   ", MANAGER),
        ("  李  四 ", "李 四"),
        (COMPANY * 4, (COMPANY * 4)[:60]),
    ):
        before = {one.ack_no for one in paid(desk_with_bag)}
        desk_with_bag.press(Key.Key_F6, f"40\t{typed}{ENTER}")
        [one] = [one for one in paid(desk_with_bag) if one.ack_no not in before]
        assert (one.payment.money, one.payer) == (Money(4_000), payer)
        [paper] = home.glob(f"papers/{one.ack_no}.pdf")
        assert payer[:30] in "".join(pages_of(paper.read_bytes()))
    desk_with_bag.press(Key.Key_F6, f"40\t李四{ESC}")
    assert len(paid(desk_with_bag)) == 5, "who thinks better of it has taken no money"


def test_money_goes_back_only_by_the_second_persons_own_pin(desk_with_bag: GuidedDesk) -> None:
    take_too_much(desk_with_bag)
    own, of_the_clerk = f"{PINS[CHIEF]}{ESC}", f"{PINS[ANNA]}{ENTER}{ESC}"
    for second in (ESC, WRONG + ESC, own, of_the_clerk, ENTER + ESC):
        desk_with_bag.press(Key.Key_B, GIVE_BACK, second)
        assert gone_back(desk_with_bag) == [], second
    desk_with_bag.press(Key.Key_B, GIVE_BACK, WRONG + CONFIRM)
    assert gone_back(desk_with_bag) == [(LEFT, CHIEF)]
    assert paid(desk_with_bag)[0].remains == NO_MONEY


def test_after_five_wrong_pins_the_right_one_is_refused(desk_with_bag: GuidedDesk) -> None:
    take_too_much(desk_with_bag)
    desk_with_bag.press(Key.Key_B, GIVE_BACK, 5 * WRONG + CONFIRM + ESC)
    assert gone_back(desk_with_bag) == []


def test_a_supervisor_on_duty_is_no_second_person(desk_with_bag: GuidedDesk) -> None:
    station = desk_with_bag.desk.station
    close_shift(station, PINS[ANNA], counted=FLOAT, handed_to=CHIEF, handed_pin=PINS[CHIEF])
    open_shift(station, CHIEF, PINS[CHIEF], float_money=FLOAT)
    take_too_much(desk_with_bag)
    desk_with_bag.press(Key.Key_B, GIVE_BACK, CONFIRM + ESC)
    assert gone_back(desk_with_bag) == []
