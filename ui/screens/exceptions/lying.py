"""The card in the reader finds its own case, and ends it there and then if it can."""

from __future__ import annotations

from cardstation.domain.exception_case import Act, Kind
from cardstation.domain.topup import Step
from cardstation.errors import CardStationError, LinkFailed, OutcomeUnknown
from cardstation.services.identify import Inserted
from cardstation.services.intent.cases import Case
from cardstation.services.resolve import Outcome, Resolution
from ui.messages import Problem
from ui.screens.counter.model import answered, left_half_way
from ui.screens.counter.state import Phase
from ui.screens.exceptions.model import ExceptionsModel
from ui.screens.exceptions.state import Lying
from ui.screens.kind import Tools


class LyingCard:
    """Takes the cards of the exceptions screen: each is resolved at its insertion, as anywhere."""

    def __init__(self, tools: Tools, model: ExceptionsModel) -> None:
        self._tools, self._model = tools, model

    @property
    def _lying(self) -> Lying:
        return self._model.state.lying or Lying(Phase.READING)

    def card_arrived(self) -> None:
        """See `CardTaker`."""
        self._tools.board.clear()
        self._model.lies(Lying(Phase.READING))

    def card_opened(self) -> None:
        """See `CardTaker`."""
        place, unfinished = self._tools.place, self._tools.unfinished
        card = place.card
        if card is None:
            return
        unfinished.lies(card)
        case = self._model.state.case_of(card.content.identity.card_no)
        self._model.lies(Lying(Phase.READING, key=case.key if case else ""))
        watch = place.during(self._stepped)

        def settle(lying: Inserted) -> Resolution:
            unfinished.ensure_first(lying)
            return self._tools.services.resolve_card(lying, watch)

        place.work(settle, self._resolved)

    def card_failed(self, error: CardStationError) -> None:
        """See `CardTaker`."""
        now = self._lying
        self._tools.sounds.play("stop")
        problem = Problem.of(error)
        bare = problem.bare() if left_half_way(error) else problem
        self._model.lies(Lying(Phase.STOPPED, now.step, now.key, problem=bare))
        if now.phase is Phase.WORKING and isinstance(error, LinkFailed | OutcomeUnknown):
            self._tools.unfinished.pulled(now.step)
        elif answered(error):
            self._tools.unfinished.free()
        self._model.look()

    def card_gone(self) -> None:
        """See `CardTaker`."""
        if self._lying.phase is Phase.WORKING:
            self._tools.sounds.play("stop")
            self._tools.unfinished.pulled(self._lying.step)
        self._model.lies(None)
        self._model.look()

    def _stepped(self, step: Step) -> None:
        now = self._lying
        if now.phase is Phase.WORKING or step is Step.WRITE:
            self._model.lies(Lying(Phase.WORKING, step, now.key))

    def _resolved(self, found: Resolution) -> None:
        self._tools.unfinished.free()
        now, intent = self._lying, found.intent
        if found.outcome is Outcome.QUESTION:
            self._tools.sounds.play("stop")
            self._model.lies(Lying(Phase.QUESTION, key=intent.intent_id if intent else now.key))
        elif found.outcome is Outcome.RETURNED and intent is not None:
            self._finished(Lying(Phase.DONE, Step.RECEIPT, now.key, owed=intent.money))
        elif found.receipt is not None:
            self._finished(Lying(Phase.DONE, Step.RECEIPT, now.key))
            self._print(found.receipt.receipt_no)
        elif found.outcome is Outcome.NOTHING and (item := self._to_load) is not None:
            self._load(item)
            return
        else:
            if found.outcome is Outcome.ELSEWHERE:
                said = "Another station finished this load; nothing is written twice."
                self._tools.board.say(said)
            self._model.lies(Lying(Phase.READY, key=now.key))
        self._model.look()

    @property
    def _to_load(self) -> Case | None:
        """The case of this card, where nothing is missing but the card itself."""
        state, key = self._model.state, self._lying.key
        item = next((one for one in state.items or () if one.key == key), None)
        if item is None or item.kind not in (Kind.LINE, Kind.ORDER):
            return None
        item = state.guided(item)
        return item if Act.CARD in item.guide.now else None

    def _load(self, item: Case) -> None:
        services, envelope = self._tools.services, self._model.state.envelope_of(item)
        watch = self._tools.place.during(self._stepped)

        def load(lying: Inserted) -> str:
            if item.kind is Kind.ORDER:
                return services.orders.load(lying, item.key, watch).receipt_no
            return services.load_line(item.batch_id, lying, watch, envelope).receipt_no

        self._tools.place.work(load, self._loaded)

    def _loaded(self, receipt_no: str) -> None:
        self._finished(Lying(Phase.DONE, Step.RECEIPT, self._lying.key, loaded=True))
        if receipt_no:
            self._print(receipt_no)
        self._model.look()

    def _finished(self, done: Lying) -> None:
        self._tools.sounds.play("ok")
        self._model.lies(done)

    def _print(self, receipt_no: str) -> None:
        def printed() -> object:
            return self._tools.services.print_receipt(receipt_no)

        self._tools.paper.ask(printed, lambda _path: None, self._tools.board.tell)
