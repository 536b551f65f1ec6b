"""The verbs of one row: whom it means, how much, left out or taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
from cardstation.domain.tariff import Quote, Tier
from cardstation.errors import CardStationError
from cardstation.services.batch_account import BatchAccount
from cardstation.services.look_at_line import LineDetail
from cardstation.services.pay_debt import DebtPaid
from ui.approver import Approver
from ui.messages import Problem
from ui.money_services import say_paid
from ui.screens.batch.arrears_dialog import Owing
from ui.screens.batch.lists_state import (
    REASONS,
    Ask,
    ListsState,
    RowState,
    money_of,
    needs_person,
)
from ui.screens.kind import Tools

T = TypeVar("T")


class Lists(Protocol):
    """Whose page it is."""

    @property
    def state(self) -> ListsState:
        """The batch that is open."""

    def show_row(self) -> None:
        """Bring the page to the front."""

    def look(self) -> None:
        """Look the batch up again."""

    def close(self) -> None:
        """Back to the batch."""


class RowModel(QObject):
    """Owns the row that is looked at.

    Attributes:
        changed: Emitted after every change of `state`.
        second_needed: The envelope's money is another household's: two people decide.
    """

    changed = Signal()
    second_needed = Signal(object)

    def __init__(self, tools: Tools, lists: Lists) -> None:
        super().__init__()
        self._tools, self._services, self._lists = tools, tools.services.lists, lists
        self._state: RowState | None = None
        self._skipped: set[int] = set()
        self._busy = False
        self._wanted: tuple[str, Money | None] | None = None

    @property
    def state(self) -> RowState | None:
        """What is shown, None = no row."""
        return self._state

    def forget(self) -> None:
        """The page is closed."""
        self._show(None)

    def solve(self) -> None:
        """F4: the first row that needs a person."""
        self._skipped = set()
        needing = self._lists.state.needing
        if needing:
            self.look_at(needing[0])

    def begin_at(self, place: int) -> None:
        """This row first, then the others that need a person."""
        self._skipped = set()
        self.look_at(place)

    def look_at(self, place: int) -> None:
        """Show one row in full."""
        standing = self._lists.state.standing
        if standing is None:
            return
        batch_id = standing.batch.batch_id
        self._ask(lambda: self._services.look(batch_id, place), self._looked)

    def _looked(self, detail: LineDetail) -> None:
        asks = needs_person(detail.line)
        left = len(self._lists.state.needing)
        home = detail.household
        if home is None and asks and len(detail.candidates) == 1:
            home = detail.candidates[0].household
        ask = Ask.NOTHING if not asks else (Ask.AMOUNT if home else Ask.WHO)
        if ask is Ask.WHO and not detail.candidates:
            ask = Ask.ACCOUNT
        amount = detail.line.money.yuan if detail.line.money else ""
        row = RowState(detail, left, ask, home, amount, detail.quote, detail.tiers)
        self._show(row)
        self._lists.show_row()
        if asks and home is not None:
            self.type_amount(amount)

    def pick(self, number: int) -> None:
        """The candidate of this number, from 1; or the reason, while a reason is asked for."""
        row = self._state
        if row is None:
            return
        if row.ask is Ask.REASON:
            if 0 < number <= len(REASONS):
                self._leave_out(REASONS[number - 1])
        elif 0 < number <= len(row.detail.candidates):
            self._pick(row.detail.candidates[number - 1].household)

    def _pick(self, home: Household) -> None:
        row = self._state
        if row is not None:
            self._show(replace(row, picked=home, ask=Ask.AMOUNT, problem=None))
            self.type_amount(row.amount)

    def ask_account(self) -> None:
        """Another household than the candidates: its number is typed."""
        self._step(Ask.ACCOUNT)

    def ask_reason(self) -> None:
        """Leave the row out: first a reason."""
        self._step(Ask.REASON)

    def step_back(self) -> None:
        """Esc within the row: from amount, reason or number to the candidates, then out."""
        row = self._state
        if row is None or row.ask in (Ask.WHO, Ask.NOTHING) or not row.detail.candidates:
            self._lists.close()
        elif row.ask is Ask.REASON:
            self._step(Ask.AMOUNT if row.picked else Ask.WHO)
        else:
            self._show(replace(row, ask=Ask.WHO, picked=None, quote=None, problem=None))

    def _step(self, ask: Ask) -> None:
        row = self._state
        if row is not None and row.ask is not Ask.NOTHING:
            self._show(replace(row, ask=ask, problem=None))

    def type_account(self, number: str) -> None:
        """An account number was typed whole: look it up."""
        number = number.strip()
        if number:
            self._ask(lambda: self._services.household(number), self._pick)

    def type_amount(self, text: str) -> None:
        """The amount as far as it is typed: say what it buys."""
        row, money = self._state, money_of(text)
        if row is None:
            return
        self._show(replace(row, amount=text, quote=None, problem=None))
        home = row.picked
        if home is None or money is None:
            return

        def priced(offered: tuple[Quote, tuple[Tier, ...]]) -> None:
            now, (quote, tiers) = self._state, offered
            if now is not None and now.amount == text:
                self._show(replace(now, quote=quote, tiers=tiers, problem=None))

        def refused(error: CardStationError) -> None:
            now = self._state
            if now is not None and now.amount == text:
                self._show(replace(now, problem=Problem.of(error)))

        self._tools.desk.ask(lambda: self._services.price(home, money), priced, refused)

    def decide(self) -> None:
        """Enter: this household, this amount; then the next row that needs a person."""
        row, standing = self._state, self._lists.state.standing
        if row is None or standing is None or row.picked is None or self._busy:
            return
        money = money_of(row.amount)
        if money is None:
            return
        self._settle(row.picked.account_no, money)

    def take_order(self) -> None:
        """The row means the order that was paid online."""
        row = self._state
        if row is not None and row.picked is not None and not self._busy:
            self._settle(row.picked.account_no, None)

    @property
    def approver(self) -> Approver:
        """Proves the second person."""
        return self._tools.approver

    def decide_with(self, approval: Approval) -> None:
        """What was decided last, with a second person: an envelope pays for another household."""
        if self._wanted is not None and not self._busy:
            self._settle(*self._wanted, approval)

    def _settle(
        self, account_no: str, money: Money | None, approval: Approval | None = None
    ) -> None:
        row, standing = self._state, self._lists.state.standing
        if row is None or standing is None:
            return
        batch_id, place = standing.batch.batch_id, row.detail.place
        self._busy, self._wanted = True, (account_no, money)

        def refused(error: CardStationError) -> None:
            self._problem(error)
            if error.code == "envelope_needs_two":
                self.second_needed.emit(Problem.of(error))

        self._tools.desk.ask(
            lambda: self._services.settle(batch_id, place, account_no, money, approval),
            lambda _place: self._next(place),
            refused,
        )

    def _leave_out(self, reason: str) -> None:
        row, standing = self._state, self._lists.state.standing
        if row is None or standing is None or self._busy:
            return
        batch_id, place = standing.batch.batch_id, row.detail.place
        self._busy = True
        self._ask(
            lambda: self._services.leave_out(batch_id, place, reason),
            lambda _none: self._next(place),
        )

    def reopen(self) -> None:
        """Take the decision about this row back."""
        row, standing = self._state, self._lists.state.standing
        if row is None or standing is None or self._busy:
            return
        batch_id, place = standing.batch.batch_id, row.detail.place
        self._busy = True

        def again(became: int) -> None:
            self._busy = False
            self._lists.look()
            self.look_at(became)

        self._ask(lambda: self._services.reopen(batch_id, place), again)

    def ask_debt(self, then: Callable[[Owing], None]) -> None:
        """What the household owes, and what money of the batch may pay it."""
        row, standing = self._state, self._lists.state.standing
        if row is None or standing is None or row.debtor is None or self._busy:
            return
        home, money, place = row.debtor, self._tools.services.money, row.detail.place

        def found(account: BatchAccount) -> None:
            who = f"{home.name}  {home.address.door}"
            then(Owing(who, home.arrears, account.payments_for(place), money.consents))

        self._ask(lambda: money.account(standing.batch.batch_id), found)

    def pay_debt(self, payment_id: str, consent: str) -> None:
        """D: the household agreed; its row is judged again, and shown as it stands then."""
        row, standing = self._state, self._lists.state.standing
        if row is None or standing is None or self._busy:
            return
        batch_id, place, money = (
            standing.batch.batch_id,
            row.detail.place,
            self._tools.services.money,
        )
        self._busy = True

        def again(done: DebtPaid) -> None:
            self._busy = False
            say_paid(self._tools.board, done)
            self._lists.look()
            self.look_at(done.place)

        self._ask(lambda: money.pay_debt(batch_id, place, payment_id, consent), again)

    def skip(self) -> None:
        """S: the next row; this one stays a question."""
        row = self._state
        if row is not None:
            self._skipped.add(row.detail.place)
            self._go_on()

    def _next(self, place: int) -> None:
        self._skipped.add(place)
        self._busy = False
        self._lists.look()
        self._go_on()

    def _go_on(self) -> None:
        open_still = [at for at in self._lists.state.needing if at not in self._skipped]
        if open_still:
            self.look_at(open_still[0])
        else:
            self._lists.close()

    def _problem(self, error: CardStationError) -> None:
        row, self._busy = self._state, False
        if row is None:
            self._tools.board.tell(error)
        else:
            self._show(replace(row, problem=Problem.of(error)))

    def _ask(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        self._tools.desk.ask(work, then, self._problem)

    def _show(self, state: RowState | None) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()
