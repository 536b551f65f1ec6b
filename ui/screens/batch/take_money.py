"""Takes money for an open batch, wherever its key is pressed: what is to be said, then the sum."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from cardstation.services.batch_state import BatchState
from ui.look import Look
from ui.screens.batch.money_model import BeforeMoney, MoneyModel
from ui.screens.batch.pay_dialog import Handed, ask_money
from ui.screens.batch.relief_dialog import ask_full_price


def take_money(
    parent: QWidget,
    look: Look,
    model: MoneyModel,
    standing: BatchState,
    pay: Callable[[Handed], None],
) -> None:
    """Ask what was handed over, and record it with `pay`."""

    def go_on(before: BeforeMoney) -> None:
        if not ask_full_price(parent, look, before.reliefs):
            return
        answer = ask_money(parent, look, standing, cover=before.cover)
        if answer is not None:
            pay(answer)

    model.before_money(standing.batch.batch_id, go_on)
