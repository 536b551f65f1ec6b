"""The counter's verbs: a card comes, an amount is typed, one key sells, the card goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from cardstation.domain.card_report import CardReport
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Receipt
from cardstation.domain.shift import Approval
from cardstation.domain.tariff import Quote
from cardstation.domain.topup import Step, TopUp, TopUpRequest
from cardstation.errors import CardStationError, LinkFailed, OutcomeUnknown, Refusal
from cardstation.services.identify import Inserted
from cardstation.services.read_card import CardFacts
from cardstation.services.resolve import Outcome, Resolution
from ui.approver import Approver
from ui.messages import Problem
from ui.screens.counter.state import Phase, State, Unit, wish_of
from ui.screens.counter.wording import WRITTEN_WHOLE
from ui.screens.kind import Tools
from ui.unfinished import OTHER_CARD


class CounterModel(QObject):
    """Owns the counter's state; takes cards from the place.

    Attributes:
        changed: Emitted after every change of `state`.
    """

    changed = Signal()

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._services, self._place, self._board = tools.services, tools.place, tools.board
        self._prices, self._papers = tools.desk, tools.paper
        self._sounds = tools.sounds
        self._unfinished, self._approver = tools.unfinished, tools.approver
        self._state = State()
        self._asked = 0
        tools.unfinished.changed.connect(self._held)

    @property
    def state(self) -> State:
        """What is shown."""
        return self._state

    # ── the card ──

    def card_arrived(self) -> None:
        """See `CardTaker`."""
        self._board.clear()
        self._show(self._blank(phase=Phase.READING))

    def card_opened(self) -> None:
        """See `CardTaker`."""
        self._show(replace(self._state, phase=Phase.READING, question=None, problem=None))
        if self._place.card is not None:
            self._unfinished.lies(self._place.card)

        watch = self._place.during(self._stepped)

        def settle(card: Inserted) -> Resolution:
            self._unfinished.ensure_first(card)
            return self._services.resolve_card(card, watch)

        self._place.work(settle, self._resolved)

    def card_failed(self, error: CardStationError) -> None:
        """See `CardTaker`."""
        if self._state.phase is Phase.DONE:
            self._board.tell(error)
            return
        step, working = self._state.step, self._state.phase is Phase.WORKING
        self._sounds.play("stop")
        if left_half_way(error):
            pulled = Phase.PULLED if working else Phase.STOPPED
            self._show(self._blank(phase=pulled, step=step, problem=Problem.of(error).bare()))
        else:
            self._show(replace(self._state, phase=Phase.STOPPED, problem=Problem.of(error)))
        if working and isinstance(error, LinkFailed | OutcomeUnknown):
            self._unfinished.pulled(step)
        elif answered(error):
            self._unfinished.free()

    def card_gone(self) -> None:
        """See `CardTaker`."""
        state = self._state
        if state.phase is Phase.WORKING:
            self._sounds.play("stop")
            problem = Problem("card_removed")
            self._show(self._blank(phase=Phase.PULLED, step=state.step, problem=problem))
            self._unfinished.pulled(state.step)
        elif state.phase is not Phase.PULLED:
            self._show(self._resting())

    # ── the operator ──

    def type_amount(self, text: str) -> None:
        """What the operator typed so far."""
        if text != self._state.text:
            self._show(replace(self._state, text=text, quote=None, doubt=None))
            self._price()

    def type_reference(self, text: str) -> None:
        """The bank's or the QR service's number of the payment."""
        if text != self._state.reference:
            self._show(replace(self._state, reference=text))

    def choose_unit(self, unit: str) -> None:
        """Type yuan or cubic metres; money meters take yuan only."""
        chosen = Unit(unit)
        if chosen is self._state.unit:
            return
        if chosen is Unit.VOLUME and self._state.by_volume_only_money:
            refused = Refusal("money_meter_by_volume")
            self._show(replace(self._state, doubt=Problem.of(refused)))
            return
        self._show(replace(self._state, unit=chosen, text="", quote=None, doubt=None))

    def choose_tender(self, tender: str) -> None:
        """How the customer pays."""
        if tender in self._state.tenders:
            self._show(replace(self._state, tender=Tender(tender)))

    def confirm(self) -> None:
        """Take the money and write the card, or load what is paid: the one key."""
        state = self._state
        if state.report is not None:
            self._file(state.report)
            return
        if state.may_confirm and state.offer is not None:
            self._load(state.offer.order_id)
            return
        if not state.may_confirm or state.quote is None:
            return
        request = TopUpRequest(
            money=state.quote.money if state.unit is Unit.MONEY else None,
            volume=state.quote.volume if state.unit is Unit.VOLUME else None,
            tender=state.tender,
            reference=state.reference.strip(),
            agreed=state.quote,
        )
        self._show(replace(state, phase=Phase.WORKING, step=Step.PAY, doubt=None))

        watch = self._place.during(self._stepped)

        def sell(card: Inserted) -> Receipt:
            return self._services.top_up(card, request, watch)

        self._place.work(sell, self._sold)

    def _load(self, order_id: str) -> None:
        self._show(replace(self._state, phase=Phase.WORKING, step=Step.CHECK, doubt=None))

        watch = self._place.during(self._stepped)

        def load(card: Inserted) -> Receipt:
            return self._services.orders.load(card, order_id, watch)

        self._place.work(load, self._sold)

    def clear(self) -> None:
        """Esc: what was typed goes; nothing that was paid or written is touched.

        A paid order that is offered is left waiting, so that something else can be sold; the next
        Esc offers it again. A card that was examined is read anew.
        """
        state = self._state
        if state.phase is Phase.EXAMINED:
            self._place.announce()
        elif state.phase is Phase.READY:
            blank = replace(state, text="", reference="", quote=None, doubt=None)
            self._show(replace(blank, declined=state.offer is not None))

    def examine(self) -> None:
        """Say what the card in the reader is, known or not; nothing is written to it."""
        if self._state.may_examine:
            self._show(self._blank(phase=Phase.READING))
            self._place.ask_alone(self._services.examine_card, self._examined)

    @property
    def makers(self) -> tuple[str, ...]:
        """Maker areas whose cards can be issued here."""
        return self._services.issuing.makers

    def issue(self, account_no: str, maker: str) -> None:
        """Write the card that lies there for a household: a blank, or one that met its meter."""
        if self._state.may_issue:
            self._write_whole(self._services.issuing.issue, account_no, maker)

    def wipe(self, approval: Approval, why: str) -> None:
        """Make the dead card that lies there a blank again."""
        if self._state.may_wipe:
            self._write_whole(self._services.issuing.clear, approval, why)

    def _write_whole(self, make: Callable[..., CardSlip], *said: object) -> None:
        watch = self._place.during(lambda _step: None)
        self._show(self._blank(phase=Phase.READING))
        self._place.ask_alone(lambda presence: make(presence, *said, watch), self._issued)

    def _issued(self, slip: CardSlip) -> None:
        self._sounds.play("ok")
        self._place.announce()
        self._papers.ask(
            lambda: self._services.issuing.print_slip(slip),
            lambda path: self._board.say(WRITTEN_WHOLE[slip.work], file=path.name),
            self._board.tell,
        )

    def lay_aside(self) -> None:
        """The torn card waits under Exceptions; the desk goes on with whatever lies there."""
        torn = self._state.torn
        if torn is None or not self._state.may_lay_aside:
            return
        self._unfinished.free()
        said = "The card ending in {tail} is laid aside: it stands under Exceptions."
        self._board.say(said, "warn", tail=torn.tail)
        if self._place.card is not None:
            self.card_opened()

    @property
    def approver(self) -> Approver:
        """The way to a second person."""
        return self._approver

    def take_back(self, approval: Approval, reading: str = "") -> None:
        """Take the load off the card again; the money is paid out afterwards."""
        if not self._state.may_take_back:
            return
        blank = replace(self._state, receipt=None, finished=False, text="", quote=None, doubt=None)
        self._show(replace(blank, phase=Phase.WORKING, step=Step.READ, problem=None))

        watch = self._place.during(self._stepped)

        def take(card: Inserted) -> TopUp:
            return self._services.back.take_back(card, approval, reading, watch)

        self._place.work(take, lambda intent: self._taken_off(intent.money))

    def answer(self, *, taken: bool) -> None:
        """Answer the open question: was the money taken?"""
        asked = self._state.question
        if asked is None:
            return

        def told(_card: Inserted) -> None:
            self._services.answer_payment(asked.intent_id, taken)

        self._place.work(told, lambda _none: self.card_opened())

    # ── what comes back ──

    def _resolved(self, found: Resolution) -> None:
        self._unfinished.free()
        if found.outcome is Outcome.QUESTION:
            self._sounds.play("stop")
            self._show(replace(self._state, phase=Phase.QUESTION, question=found.intent))
        elif found.outcome is Outcome.RETURNED and found.intent is not None:
            self._taken_off(found.intent.money)
        elif found.receipt is not None:
            self._show(replace(self._state, finished=True))
            self._sold(found.receipt)
        else:
            if found.outcome is Outcome.ELSEWHERE:
                self._board.say("Another station finished this load; nothing is written twice.")
            self._place.work(self._services.read_card, self._read)

    def _examined(self, report: CardReport) -> None:
        self._show(self._blank(phase=Phase.EXAMINED, report=report))

    def _file(self, report: CardReport) -> None:
        said = "The card examination is filed as {file}."
        self._papers.ask(
            lambda: self._services.print_examination(report),
            lambda path: self._board.say(said, file=path.name),
            self._board.tell,
        )

    def _taken_off(self, owed: Money) -> None:
        self._sounds.play("ok")
        self._show(replace(self._state, phase=Phase.DONE, owed=owed, step=Step.RECEIPT))
        self._place.work(self._services.read_card, self._know)

    def _know(self, facts: CardFacts) -> None:
        self._show(replace(self._state, facts=facts))

    def _read(self, facts: CardFacts) -> None:
        stopped = Problem.of(facts.stop) if facts.stop else None
        if facts.household is None and stopped is None:
            stopped = Problem("unknown_household", tone="warn")
        if stopped:
            self._sounds.play("stop")
        self._show(
            replace(
                self._state,
                phase=Phase.STOPPED if stopped else Phase.READY,
                facts=facts,
                problem=stopped,
            )
        )

    def _stepped(self, step: Step) -> None:
        if self._state.phase is Phase.WORKING or step is Step.WRITE:
            self._show(replace(self._state, phase=Phase.WORKING, step=step))

    def _sold(self, receipt: Receipt) -> None:
        self._sounds.play("ok")
        self._show(replace(self._state, phase=Phase.DONE, receipt=receipt, step=Step.RECEIPT))
        self._place.work(self._services.read_card, self._know)
        number = receipt.receipt_no

        def printed(_path: object) -> None:
            self._paper(number, filed=True)

        def jammed(error: CardStationError) -> None:
            self._board.tell(error)
            self._paper(number, filed=False)

        self._papers.ask(lambda: self._services.print_receipt(number), printed, jammed)

    def _paper(self, number: str, *, filed: bool) -> None:
        shown = self._state.receipt
        if shown is not None and shown.receipt_no == number:
            self._show(replace(self._state, paper=filed))

    def _price(self) -> None:
        state = self._state
        self._asked += 1
        ticket, household = self._asked, state.household
        card = self._place.card
        if not state.text.strip() or household is None or card is None:
            return
        if state.phase is not Phase.READY:
            return
        try:
            money, volume = wish_of(state.text, state.unit)
        except Refusal as refused:
            self._show(replace(state, doubt=Problem.of(refused)))
            return

        def price(lying: Inserted = card, of: Household = household) -> Quote:
            return self._services.quote(lying, of, money, volume)

        self._prices.ask(
            price,
            lambda quote: self._priced(ticket, quote, None),
            lambda error: self._priced(ticket, None, Problem.of(error)),
        )

    def _priced(self, ticket: int, quote: Quote | None, doubt: Problem | None) -> None:
        if ticket == self._asked and self._state.phase is Phase.READY:
            self._show(replace(self._state, quote=quote, doubt=doubt))

    def _blank(self, **known: object) -> State:
        """A state that knows nobody; only what was chosen at the desk stays."""
        self._asked += 1
        torn = self._unfinished.torn
        return replace(State(torn=torn), **known)  # type: ignore[arg-type]  # named above

    def _resting(self) -> State:
        """No card lies there: the desk waits for the torn one, or for any."""
        torn = self._unfinished.torn
        if torn is None:
            return self._blank()
        return self._blank(phase=Phase.PULLED, step=torn.step, problem=Problem("card_removed"))

    def _held(self) -> None:
        """Another card is unfinished, or none any more; it may have been a batch's."""
        if self._state.phase in (Phase.EMPTY, Phase.PULLED) and not self._place.present:
            self._show(self._resting())
        else:
            self._show(replace(self._state, torn=self._unfinished.torn))

    def _show(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()


def left_half_way(error: CardStationError) -> bool:
    """The link to the card is lost: the card left, or another lies there."""
    return isinstance(error, LinkFailed) or (
        isinstance(error, OutcomeUnknown) and isinstance(error.__cause__, LinkFailed)
    )


def answered(error: CardStationError) -> bool:
    """The card that lies there was looked at; what it may not do is said and on record."""
    return isinstance(error, Refusal) and error.code != OTHER_CARD
