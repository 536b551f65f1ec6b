"""A bag in the window while everything goes wrong: loaded once, and nobody's name stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cardstation.domain.batch import LineState
from cardstation.services.batch_state import batch_state
from cardstation.services.verify import verify
from tests.kit.cards import content
from tests.kit.repeat import SEED, Seeded, first_seed, times
from tests.kit.window_chaos import CARDS, window_bag
from ui.screens.batch import lane

MOVES = 40


@pytest.mark.parametrize("at", range(times("WINDOW_CHAOS", 2)))
def test_a_bag_in_the_window_under_all_bad_luck(
    tmp_path: Path, record_property: Callable[[str, object], None], at: int
) -> None:
    seed = first_seed(SEED) + at
    again = "WINDOW_CHAOS=1 ./dev test tests/gui/test_window_chaos.py"
    with Seeded(seed, again), window_bag(tmp_path, seed) as bag:
        before = {card_no: content(card) for card_no, card in bag.cards.items()}
        untouched = [card.image for card in bag.strangers]
        bag.play(MOVES)
        bag.finish()
        state = batch_state(bag.desk.station, bag.batch_id)
        assert [one.state for one in state.outcomes] == [LineState.DONE] * CARDS
        assert state.money.loaded == state.money.received
        for card_no, card in bag.cards.items():
            was, now = before[card_no].credit, content(card).credit
            assert was is not None
            assert now is not None
            assert now.purchase_counter == was.purchase_counter + 1
        assert [card.image for card in bag.strangers] == untouched
        assert bag.told["accidents inside a write"]
        proof = verify(bag.desk.station)
        assert proof.ok, proof.disagreements
        said = "; ".join(f"{what} {many}" for what, many in bag.told.most_common())
        record_property("figures", f"window chaos: {CARDS} cards, broken 0; {said}")


def test_what_stays_of_a_card_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "_BLANK", {})
    with window_bag(tmp_path, SEED) as bag, pytest.raises(AssertionError):
        bag.play(MOVES)
