"""The exceptions' verbs: look, answer, refund, pay out, dispute, settle, withdraw, rejoin, scan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from cardstation.domain.charge import Original
from cardstation.domain.money import NO_MONEY
from cardstation.domain.payment import WITHOUT_ASKING
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Step, TopUp
from cardstation.errors import CardStationError, LinkFailed, OutcomeUnknown, Refusal
from cardstation.services.identify import Inserted
from cardstation.services.intent.cases import Case
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.settle_dispute import Finding
from ui.approver import Approver
from ui.messages import Problem
from ui.screens.counter.state import Phase
from ui.screens.exceptions.bag_verbs import BagVerbs, nothing_more
from ui.screens.exceptions.row_here import RowHere
from ui.screens.exceptions.state import Lying, Scanned, State, Wanted
from ui.screens.kind import Tools

T = TypeVar("T")
WRONG_CARD = "refund_other_card"


class ExceptionsModel(QObject):
    """Owns the list; takes cards only while a refund waits for its card.

    Attributes:
        bag: What is recorded about batches and orders. here: A row that is decided in place.
    """

    changed = Signal()

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        self._state = State()
        self._looking = self._again = False
        self.bag = BagVerbs(tools, self._do)
        self.here = RowHere(tools, self.look)

    @property
    def state(self) -> State:
        """What is shown."""
        return self._state

    @property
    def approver(self) -> Approver:
        """The way to a second person."""
        return self._tools.approver

    def look(self) -> None:
        """Look everything up again; one look at a time, and once more when asked meanwhile."""
        self._again = self._looking
        if not self._looking:
            self._looking = True
            self._tools.desk.ask(self._tools.services.exceptions, self._seen, self._unseen)

    def lies(self, lying: Lying | None) -> None:
        """A card lies there, or none any more."""
        self._show(replace(self._state, lying=lying))

    def answer(self, key: str, *, taken: bool) -> None:
        """A human's answer: was the money taken?"""
        self._do(lambda: self._tools.services.answer_payment(key, taken))

    def refund(self, item: Case, approval: Approval) -> None:
        """Wait for the card of this load: it is read, and nothing is written to it."""
        if item.money is not None:
            wanted = Wanted(item.key, item.card_no, item.money, approval)
            self._show(replace(self._state, wanted=wanted))

    def take_off(self, item: Case, approval: Approval, reading: str) -> None:
        """Wait for this card: its load comes off."""
        wanted = Wanted(item.key, item.card_no, NO_MONEY, approval, off=True, reading=reading)
        self._show(replace(self._state, wanted=wanted))

    def leave(self) -> None:
        """Esc: the refund is not asked for, nothing is taken off; the load stays paid."""
        wanted = self._state.wanted
        if wanted is not None and wanted.may_leave:
            self._show(replace(self._state, wanted=None))

    def scan(self, item: Case, envelope: str) -> None:
        """The own envelope of a stopped card lies here: the card may come; another is a stop."""
        lanes = self._tools.services.lanes

        def right(_none: None) -> None:
            self._show(replace(self._state, scanned=Scanned(item.key, item.since, envelope)))

        def wrong(error: CardStationError) -> None:
            self._show(replace(self._state, scanned=None))
            self._refused(error)
            self.look()

        check = lanes.check_envelope
        self._tools.desk.ask(lambda: check(item.batch_id, item.place, envelope), right, wrong)

    def begin_pay_out(self, item: Case, then: Callable[[bool], None]) -> None:
        """It is on record that money is handed over before anybody is told to; then go on."""
        begin = self._tools.services.back.begin_pay_out
        self._tools.desk.ask(lambda: begin(item.intent_id), then, self._refused)

    def pay_out(
        self, item: Case, approval: Approval, found: str = "", original: Original | None = None
    ) -> None:
        """The money is in the payer's hands; its slip is printed to be signed."""
        said = "{money} is paid out and on record."
        tools, back = self._tools, self._tools.services.back

        def slip() -> None:
            if item.tender not in WITHOUT_ASKING:
                tools.paper.ask(
                    lambda: back.paid_slip(item.intent_id), lambda _path: None, tools.board.tell
                )

        pay = back.pay_out
        self._do(
            lambda: pay(item.intent_id, approval, found, original), said, slip, money=item.money
        )

    def dispute(self, item: Case, approval: Approval, lost: str = "") -> None:
        """The card cannot tell, or is `lost`: people look, nothing is written or paid before."""
        back = self._tools.services.back
        said = "In dispute now: nothing is written or paid before people have looked."
        self._do(lambda: back.dispute(item.key, approval, lost), said)

    def settle(
        self,
        item: Case,
        finding: Finding,
        proof: str,
        approval: Approval,
        meter: MeterCount,
    ) -> None:
        """Both have looked, and say what they saw."""
        back = self._tools.services.back
        said = "Settled: the card is free for the next top-up."
        self._do(lambda: back.settle(item.key, finding, proof, approval, meter), said)

    def withdraw(self, item: Case) -> None:
        """A return that has not touched its card ends here."""
        back = self._tools.services.back
        said = "The return is withdrawn; the load stays on its card."
        self._do(lambda: back.withdraw(item.key), said)

    def rejoin(self, second: Approval, first: Approval | None) -> None:
        """Compare with the ledger, take over what is missing, and sell again."""
        services = self._tools.services
        self._do(
            lambda: services.rejoin(second, first), "Compared with the ledger; selling goes on."
        )

    # ── the card of a refund ──

    def card_arrived(self) -> None:
        """See `CardTaker`."""
        self._phase(Phase.READING)

    def card_opened(self) -> None:
        """See `CardTaker`."""
        wanted, card = self._state.wanted, self._tools.place.card
        if wanted is None or card is None:
            return
        if card.content.identity.card_no != wanted.card_no:
            self.card_failed(Refusal(WRONG_CARD, tail=wanted.tail))
            return
        self._phase(Phase.WORKING)
        if wanted.off:
            self._take_off(card, wanted)
            return
        approval = wanted.approval

        def refund(lying: Inserted) -> TopUp:
            return self._tools.services.back.refund(lying, approval)

        self._tools.place.work(refund, lambda _intent: self._refunded())

    def card_failed(self, error: CardStationError) -> None:
        """See `CardTaker`."""
        self._tools.sounds.play("stop")
        problem, wanted = Problem.of(error), self._state.wanted
        half_way = isinstance(error, LinkFailed | OutcomeUnknown)
        if wanted is not None and wanted.off and wanted.phase is Phase.WORKING and half_way:
            self._tools.unfinished.pulled(Step.WRITE)
        self._phase(Phase.STOPPED, problem.bare() if isinstance(error, LinkFailed) else problem)

    def card_gone(self) -> None:
        """See `CardTaker`."""
        wanted = self._state.wanted
        if wanted is None:
            return
        again = wanted.problem is None or wanted.problem.code == WRONG_CARD
        answered = wanted.phase is Phase.DONE or (wanted.phase is Phase.STOPPED and not again)
        if answered:
            self._show(replace(self._state, wanted=None))
            self.look()
        else:
            self._phase(Phase.EMPTY)

    def _take_off(self, card: Inserted, wanted: Wanted) -> None:
        """As at the counter: a card that is pulled half-way goes first when it comes again."""
        tools, unfinished = self._tools, self._tools.unfinished
        unfinished.lies(card)

        def take(lying: Inserted) -> TopUp:
            unfinished.ensure_first(lying)
            back = tools.services.back
            return back.take_back(lying, wanted.approval, wanted.reading, lambda _step: None)

        def off(intent: TopUp) -> None:
            unfinished.free()
            self._show(replace(self._state, wanted=replace(wanted, money=intent.money)))
            self._refunded()

        tools.place.work(take, off)

    # ── what comes back ──

    def _refunded(self) -> None:
        self._tools.sounds.play("ok")
        self._phase(Phase.DONE)
        self.look()

    def _phase(self, phase: Phase, problem: Problem | None = None) -> None:
        wanted = self._state.wanted
        if wanted is not None:
            now = replace(wanted, phase=phase, problem=problem)
            self._show(replace(self._state, wanted=now))

    def _seen(self, items: tuple[Case, ...]) -> None:
        self._show(replace(self._state, items=items, problem=None))
        self._looked()

    def _unseen(self, error: CardStationError) -> None:
        self._show(replace(self._state, problem=Problem.of(error)))
        self._looked()

    def _looked(self) -> None:
        self._looking = False
        if self._again:
            self.look()

    def _do(
        self,
        work: Callable[[], T],
        said: str = "",
        then: Callable[[], None] = nothing_more,
        **fields: object,
    ) -> None:
        def done(_result: T) -> None:
            if said:
                self._tools.board.say(said, "ok", **fields)  # type: ignore[arg-type]  # Fields
            then()
            self.look()

        self._tools.desk.ask(work, done, self._refused)

    def _refused(self, error: CardStationError) -> None:
        self._tools.board.tell(error)

    def _show(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()
