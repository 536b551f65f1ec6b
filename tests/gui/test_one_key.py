"""Twenty clean cards of a paid bag: one key, and hands that put cards in and take them out."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cardstation.domain.batch import LineState
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Role
from cardstation.ports.reader import Reader
from cardstation.services.add_clerk import add_clerk
from cardstation.services.batch_state import batch_state
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_batch import pay_batch
from cardstation.services.verify import verify
from cardstation.settings import Settings
from drivers.virtual import VirtualReader
from tests.kit.one_key import Strokes, bag_window, batch_of, run_bag
from tests.kit.shifts import PlainPins
from tests.kit.station import card_of, line, neighbours, open_desk, put_batch
from tests.kit.window_people import PIN

CARDS, YUAN = 20, 100


@dataclass(frozen=True)
class Two:
    """Two readers of this process."""

    two: tuple[VirtualReader, VirtualReader]

    def readers(self) -> tuple[Reader, ...]:
        return self.two


def test_a_clean_bag_of_twenty_takes_one_key(tmp_path: Path) -> None:
    homes = neighbours(CARDS)
    desk = open_desk(tmp_path, households=homes)
    desk.station = replace(desk.station, pins=PlainPins())
    add_clerk(desk.station, "林晓燕", PIN, Role, by=None)
    open_shift(desk.station, "林晓燕", PIN, float_money=Money.of_yuan("500"))
    batch_id = put_batch(desk, [line(one, at) for at, one in enumerate(homes, start=2)])
    lump = Money.of_yuan(str(YUAN * CARDS))
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=lump)
    two = (VirtualReader("reader 1"), VirtualReader("reader 2"))
    settings = Settings(home=tmp_path, language="zh_CN", theme="light")
    with closing(desk.station.store):
        with bag_window(settings, desk.station, Two(two), batch_id) as window:
            cards = {one.card_no: card_of(one) for one in homes}
            pressed = run_bag(
                window,
                list(cards),
                lambda at, card_no: two[at].insert(cards[card_no]),
                lambda at, _card_no: two[at].pull(),
            )
            assert pressed == 1
            strokes = Strokes()
            QTest.keyClick(window.windowHandle(), Qt.Key.Key_Shift)
            assert strokes.end() == 1, "keys are counted"
            assert batch_of(window).model.state.counts.done == CARDS
        state = batch_state(desk.station, batch_id)
        assert {one.state for one in state.outcomes} == {LineState.DONE}
        assert state.money.loaded == state.money.received == lump
        assert verify(desk.station).ok
