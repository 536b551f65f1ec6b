"""The money page's verbs: quote, take money, acknowledge, release a row, give back what is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from cardstation.domain.money import Money
from cardstation.domain.offline_limit import GrantCover
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import CardStationError
from cardstation.services.batch_account import BatchAccount
from cardstation.services.list_reliefs import Relief
from ui.approver import Approver
from ui.screens.batch.pay_dialog import Handed
from ui.screens.kind import Tools

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class MoneyState:
    """The money of one batch.

    Attributes:
        account: None while the page is not shown.
        busy: Something is being recorded.
    """

    account: BatchAccount | None = None
    busy: bool = False


@dataclass(frozen=True, slots=True)
class BeforeMoney:
    """What is said before money of a batch is taken.

    Attributes:
        reliefs: Rows that would pay the full price over a relief on file.
        cover: How far the grant reaches over the rows, None = over all of them.
    """

    reliefs: tuple[Relief, ...]
    cover: GrantCover | None


class MoneyModel(QObject):
    """Owns the money page's state.

    Attributes:
        changed: Emitted after every change of `state`.
        moved: Money was recorded; the batch's rows may stand otherwise.
    """

    changed = Signal()
    moved = Signal()

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools, self._services = tools, tools.services.money
        self._state = MoneyState()

    @property
    def state(self) -> MoneyState:
        """What is shown."""
        return self._state

    @property
    def approver(self) -> Approver:
        """The way to a second person."""
        return self._tools.approver

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why a row may be released, codes."""
        return self._services.reasons

    def open(self, batch_id: str) -> None:
        """Show the money of a batch."""
        self._ask(lambda: self._services.account(batch_id), self._shown)

    def leave(self) -> None:
        """Back to the cards."""
        self._set(account=None)

    def reliefs(self, batch_id: str, then: Callable[[tuple[Relief, ...]], None]) -> None:
        """Look which rows pay the full price over a relief on file, then go on."""
        self._ask(lambda: self._services.reliefs(batch_id), then)

    def before_money(self, batch_id: str, then: Callable[[BeforeMoney], None]) -> None:
        """Look what is to be said before money is taken, then go on."""
        reliefs, cover = self._services.reliefs, self._services.cover
        self._ask(lambda: BeforeMoney(reliefs(batch_id), cover(batch_id)), then)

    def quote(self) -> None:
        """Quote the batch; the paper is filed and printed."""

        def made(path: Path) -> None:
            self._tools.board.say("Quote filed as {file}.", "ok", file=path.name)
            self._look()

        self._with_batch(self._services.quote, made)

    def sign(self, quote_no: str, by: str, picture: bytes, on_paper: bool) -> None:
        """Who pays signed the quote."""

        def signed(_standing: object) -> None:
            self._tools.board.say("The quote is signed.", "ok")
            self._look()

        self._with_batch(
            lambda batch_id: self._services.sign(batch_id, quote_no, by, picture, on_paper), signed
        )

    def pay(self, batch_id: str, handed: Handed) -> None:
        """Record money for a batch; its acknowledgement is printed at once."""
        if self._state.busy:
            return
        self._set(busy=True)

        def paid(_money: object) -> None:
            self._set(busy=False)
            said = "{money} recorded for this batch."
            self._tools.board.say(said, "ok", money=handed.money)
            self._look()
            self._paper(lambda: self._services.acknowledge(batch_id, ""))

        self._ask(
            lambda: self._services.pay(
                batch_id,
                Tender(handed.tender),
                handed.money,
                handed.reference,
                handed.line,
                handed.payer,
            ),
            paid,
        )

    def acknowledge(self, ack_no: str) -> None:
        """Print an acknowledgement again."""
        account = self._state.account
        if account is not None and ack_no:
            batch_id = account.state.batch.batch_id
            self._paper(lambda: self._services.acknowledge(batch_id, ack_no))

    def release(self, place: int, reason: str) -> None:
        """A paid row will not be loaded: its money is free again."""

        def freed(_released: object) -> None:
            self._tools.board.say("The row is released; its money is free again.", "ok")
            self._look()

        self._with_batch(lambda batch_id: self._services.release(batch_id, place, reason), freed)

    def begin_back(self, payment_id: str, money: Money, then: Callable[[bool], None]) -> None:
        """It is on record that money is handed over before anybody is told to; then go on."""
        begin = self._services.begin_back
        self._with_batch(lambda batch_id: begin(batch_id, payment_id, money), then)

    def give_back(self, payment_id: str, money: Money, approval: Approval, found: str = "") -> None:
        """What is left of a payment is in its payer's hands."""

        def back(_back: object) -> None:
            self._tools.board.say("{money} went back to its payer.", "ok", money=money)
            self._look()

        self._with_batch(
            lambda batch_id: self._services.give_back(batch_id, payment_id, money, approval, found),
            back,
        )

    def print_refunds(self) -> None:
        """File and print the refund list."""
        account = self._state.account
        if account is not None:
            batch_id = account.state.batch.batch_id
            self._paper(lambda: self._services.refunds(batch_id))

    def _with_batch(self, work: Callable[[str], T], then: Callable[[T], None]) -> None:
        account = self._state.account
        if account is None or self._state.busy:
            return
        self._set(busy=True)
        batch_id = account.state.batch.batch_id

        def done(result: T) -> None:
            self._set(busy=False)
            then(result)

        self._ask(lambda: work(batch_id), done)

    def _paper(self, work: Callable[[], Path]) -> None:
        def filed(path: Path) -> None:
            self._tools.board.say("Filed as {file}.", "ok", file=path.name)

        self._tools.paper.ask(work, filed, self._tools.board.tell)

    def _look(self) -> None:
        self.moved.emit()
        account = self._state.account
        if account is not None:
            self.open(account.state.batch.batch_id)

    def _shown(self, account: BatchAccount) -> None:
        self._set(account=account)

    def _ask(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        self._tools.desk.ask(work, then, self._refused)

    def _refused(self, error: CardStationError) -> None:
        self._tools.board.tell(error)
        self._set(busy=False)

    def _set(self, **changes: object) -> None:
        state = replace(self._state, **changes)  # type: ignore[arg-type]  # names of MoneyState
        if state != self._state:
            self._state = state
            self.changed.emit()
