"""Nothing of a card survives its removal: not its image, not what it meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.errors import Defect
from cardstation.services.identify import insert_card
from tests.kit import cards
from tests.kit.station import card_of, open_desk


def test_a_closed_card_says_nothing_more(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    home = cards.household()
    desk.reader.insert(card_of(home))
    presence = desk.reader.wait_card(1.0)
    assert presence is not None
    card = insert_card(desk.station, desk.reader, presence)
    assert card.content.identity.account_no == home.account_no
    card.close()
    with pytest.raises(Defect):
        _ = card.content
    kept = repr([getattr(card, name) for name in vars(card)])
    assert home.card_no not in kept
    assert card.image == b""
    desk.station.store.close()
