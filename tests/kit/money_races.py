"""Another hand at the same desk moves a batch's money while one of its cards is in a lane."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services import load_line as loading
from cardstation.services import load_prepaid as loading_orders
from cardstation.services.batch_account import batch_account
from cardstation.services.pay_batch import pay_batch
from cardstation.services.release_line import release_line
from cardstation.services.return_remainder import return_remainder
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch

BATCH = "2026-11-24-01"
PAID = Money(10_000)
SECOND = Approval("supervisor")


def paid_desk(folder: Path, rows: int) -> Desk:
    """A batch of some rows of 100 yuan, for the first of which the money came."""
    homes = neighbours(rows)
    desk = open_desk(folder, households=homes)
    put_batch(desk, [line(one, row) for row, one in enumerate(homes, start=4)], BATCH)
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=PAID)
    return desk


def meanwhile(patch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Once, between the checks of a card in a lane and the commit that begins its load."""
    for module in (loading, loading_orders):
        patch.setattr(module, "ensure_unlockable", _after(patch, act, module.ensure_unlockable))


def _after(patch: pytest.MonkeyPatch, act: Callable[[], None], asked: Any) -> Any:
    def acting(station: Any, card: Any) -> Any:
        for module in (loading, loading_orders):
            patch.setattr(module, "ensure_unlockable", asked)
        act()
        return asked(station, card)

    return acting


def release_and_give_back(desk: Desk) -> None:
    """The first row's money goes back to the payer, over the money page."""
    release_line(desk.station, BATCH, 1, "absent")
    for one in batch_account(desk.station, BATCH).payments:
        if one.remains:
            return_remainder(desk.station, BATCH, one.payment.payment_id, one.remains, SECOND)


def released_under_a_card(folder: Path) -> None:
    """A row's money is given back while its card is in the lane: never on the card, too."""
    desk, card = paid_desk(folder, 1), card_of(neighbours(1)[0])
    before, code = card.image, ""
    try:
        with pytest.MonkeyPatch.context() as patch:
            meanwhile(patch, lambda: release_and_give_back(desk))
            try:
                desk.load(BATCH, card)
            except Refusal as refused:
                code = refused.code
        assert (code, card.image) == ("line_released", before), "given back, and on the card"
    finally:
        desk.reader.pull()
        desk.station.store.close()
