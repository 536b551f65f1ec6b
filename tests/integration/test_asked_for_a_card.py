"""How much of its records a card of a bag asks: what it costs a lane must not grow unseen."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.services.pay_batch import pay_batch
from cardstation.sql.asked import Asked
from cardstation.store import Store
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch

pytest_plugins = ("tests.kit.fast_disk",)

HOMES = neighbours(60)
ASKED = {"looks": 4, "forced": 2, "passing": 2, "statements": 48, "synced": 2}
"""Looks into the store, units that wait for the disk, units that do not, statements, and the two
forced writes of the anchor."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    yield opened
    opened.station.store.close()


@pytest.mark.parametrize("rows", [3, 60])
def test_a_card_asks_so_much_in_a_bag_of_any_size(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    homes = HOMES[:rows]
    batch_id = put_batch(desk, [line(one, row) for row, one in enumerate(homes, start=2)])
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money.of_yuan(str(100 * rows)))
    desk.load(batch_id, card_of(homes[0]))
    told = Counter[str]()

    def counted(owner: Any, name: str, word: str) -> None:
        call: Callable[..., Any] = getattr(owner, name)

        def count(*given: Any, **named: Any) -> Any:
            told[word] += 1
            return call(*given, **named)

        monkeypatch.setattr(owner, name, count)

    counted(Store, "reading", "looks")
    counted(Store, "unit", "forced")
    counted(Store, "passing_unit", "passing")
    counted(Asked, "_done", "statements")
    counted(Connection, "execute", "statements")
    counted(Connection, "exec_driver_sql", "statements")
    counted(os, "fsync", "synced")
    desk.load(batch_id, card_of(homes[1]))
    assert told == ASKED
