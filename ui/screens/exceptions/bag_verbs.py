"""What is recorded about rows, stopped cards, bags, money and orders from the exceptions page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from cardstation.domain.custody import Explanation, Party
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.trays import Tray
from cardstation.services.batch_account import BatchAccount, LineMoney
from cardstation.services.custody_state import CustodyState
from cardstation.services.hand_over import HandOverRequest
from cardstation.services.intent.cases import Case
from cardstation.services.pay_debt import DebtPaid
from ui.money_services import say_paid
from ui.screens.batch.pay_dialog import Handed
from ui.screens.kind import Tools

T = TypeVar("T")


def nothing_more() -> None:
    """What follows most answers."""


class Recorder(Protocol):
    """Records something on the desk's lane, says so, and looks at everything again."""

    def __call__(
        self,
        work: Callable[[], object],
        said: str = "",
        then: Callable[[], None] = nothing_more,
        **fields: object,
    ) -> None:
        """Do it; `said` with its fields is shown when it is done, and `then` called."""


class BagVerbs:
    """The answers of the guided desk to what a batch or an order left open."""

    def __init__(self, tools: Tools, record: Recorder) -> None:
        self._tools, self._record = tools, record

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why a row that holds money is not loaded, codes."""
        return self._tools.services.money.reasons

    @property
    def consents(self) -> tuple[str, ...]:
        """How a household may agree that its debt is paid, codes."""
        return self._tools.services.money.consents

    def account(self, item: Case, then: Callable[[BatchAccount], None]) -> None:
        """Look the money of its batch up."""
        money = self._tools.services.money
        self._look(lambda: money.account(item.batch_id), then)

    def custody(self, item: Case, then: Callable[[CustodyState], None]) -> None:
        """Look its bag up."""
        bag = self._tools.services.bag
        self._look(lambda: bag.state(item.batch_id), then)

    def leave_out(self, item: Case, reason: str) -> None:
        """The row does not count."""
        lists = self._tools.services.lists
        said = "The row is left out; its reason is on record."
        self._record(lambda: lists.leave_out(item.batch_id, item.place, reason), said)

    def take_money(self, item: Case, handed: Handed) -> None:
        """Money for the batch; its acknowledgement is printed at once."""
        money, tools = self._tools.services.money, self._tools
        tender, line = Tender(handed.tender), handed.line

        def acknowledge() -> None:
            tools.paper.ask(
                lambda: money.acknowledge(item.batch_id, ""), lambda _path: None, tools.board.tell
            )

        self._record(
            lambda: money.pay(
                item.batch_id, tender, handed.money, handed.reference, line, handed.payer
            ),
            "{money} recorded for this batch.",
            acknowledge,
            money=handed.money,
        )

    def pay_debt(self, item: Case, payment_id: str, consent: str) -> None:
        """The household agreed: its debt is paid, and its row judged again."""
        money, told = self._tools.services.money, list[DebtPaid]()

        def pay() -> None:
            told.append(money.pay_debt(item.batch_id, item.place, payment_id, consent))

        self._record(pay, then=lambda: say_paid(self._tools.board, *told))

    def back_unpaid(self, item: Case, held: LineMoney | None, reason: str) -> None:
        """The card goes back without a load; what its row held is free again."""
        services = self._tools.services

        def lay() -> None:
            if held is not None:
                services.money.release(item.batch_id, held.place, reason)
            services.lanes.route(item.batch_id, Tray.C, item.place, item.card_no, item.code)

        said = "Tray C: the card goes back without a load."
        free = "Tray C: the card goes back without a load; its money is free again."
        self._record(lay, said if held is None else free)

    def release(self, item: Case, place: int, reason: str) -> None:
        """A row gives its money free."""
        money = self._tools.services.money
        said = "The row is released; its money is free again."
        self._record(lambda: money.release(item.batch_id, place, reason), said)

    def begin_back(
        self, item: Case, payment_id: str, money: Money, then: Callable[[bool], None]
    ) -> None:
        """It is on record that money is handed over before anybody is told to; then go on."""
        begin = self._tools.services.money.begin_back
        self._look(lambda: begin(item.batch_id, payment_id, money), then)

    def give_back(
        self, item: Case, payment_id: str, money: Money, approval: Approval, found: str
    ) -> None:
        """What is left of a payment is in its payer's hands."""
        services, said = self._tools.services.money, "{money} went back to its payer."
        self._record(
            lambda: services.give_back(item.batch_id, payment_id, money, approval, found),
            said,
            money=money,
        )

    def explain(self, item: Case, told: Explanation, approval: Approval | None = None) -> None:
        """Why cards are missing, left over or kept; or how many lie there."""
        bag = self._tools.services.bag
        self._record(lambda: bag.explain(item.batch_id, told, approval), "Recorded.")

    def hand_back(self, item: Case, asked: HandOverRequest) -> None:
        """A card that was kept is its household's again; with the last one the batch may end."""
        bag = self._tools.services.bag
        self._record(lambda: bag.give_back(item.batch_id, asked), "Recorded.")

    def hand_over(self, item: Case, asked: HandOverRequest) -> None:
        """The bag goes on; back at its manager the batch may end."""
        bag = self._tools.services.bag
        move = bag.hand_over if asked.taker is Party.DESK else bag.give_back
        self._record(lambda: move(item.batch_id, asked), "Recorded.")

    def photograph(self, item: Case, picture: bytes) -> None:
        """The photo of the paper on which a hand-over was signed."""
        bag, number = self._tools.services.bag, int(str(item.values["number"]))
        self._record(lambda: bag.photograph(item.batch_id, number, picture), "Recorded.")

    def hold(self, item: Case) -> None:
        """The household comes here: nobody else loads its order."""
        orders = self._tools.services.orders
        said = "Order {order_id} is held for this desk, also without a network."
        self._record(lambda: orders.lease(item.key), said, order_id=item.key)

    def close(self, item: Case) -> None:
        """The bag is back: the batch ends, and with it every row that nobody decided."""
        bag = self._tools.services.bag
        self._record(lambda: bag.close(item.batch_id), "The batch is closed.")

    def _look(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        self._tools.desk.ask(work, then, self._tools.board.tell)
