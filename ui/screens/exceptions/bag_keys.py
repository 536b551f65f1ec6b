"""The keys that answer what a batch or an order left open: each asks only what it must."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QPushButton, QWidget

from cardstation.domain.batch import LineState
from cardstation.domain.custody import TAIL, Explanation, Party, Why
from cardstation.domain.exception_case import Act
from cardstation.domain.line_guides import DESTROYED, FOUND_AGAIN, KEPT, LOST, OWED, REFUSED, STRAY
from cardstation.domain.money import Money
from cardstation.sentences import word
from cardstation.services.batch_account import BatchAccount, LineMoney, PaymentStanding
from cardstation.services.custody_state import CustodyState
from cardstation.services.intent.cases import Case
from ui.approver import Approver
from ui.look import Look
from ui.parts.buttons import button
from ui.parts.second_person import ask_second_person
from ui.parts.signature_pad import ask_picture
from ui.screens.batch.arrears_dialog import Owing, ask_consent
from ui.screens.batch.custody_explain import ask_explanation
from ui.screens.batch.custody_hand_over import ask_hand_over
from ui.screens.batch.lists_state import REASONS
from ui.screens.batch.money_dialogs import ask_back, back_words
from ui.screens.batch.money_dialogs import ask_reason as ask_release
from ui.screens.batch.pay_dialog import ask_money
from ui.screens.exceptions.bag_verbs import BagVerbs
from ui.screens.exceptions.dialogs import ask_field, ask_reason
from ui.screens.exceptions.model import ExceptionsModel
from ui.screens.exceptions.state import KEYS

_OF_STRAYS = (Why.OTHER_BATCH, Why.GIVEN_BACK)
_HOME = ((Party.DESK, Party.RESIDENT), (Party.DESK, Party.TEAM), (Party.DESK, Party.MANAGER))
_WHOLE = (
    (Party.TEAM, Party.DESK),
    (Party.TEAM, Party.MANAGER),
    (Party.DESK, Party.MANAGER),
    (Party.DESK, Party.TEAM),
)
_TOUCHED = (LineState.DONE, LineState.UNKNOWN)


class BagKeys:
    """Makes the buttons, and asks what has to be said before something is recorded."""

    def __init__(
        self, view: QWidget, look: Look, model: ExceptionsModel, chosen: Callable[[], Case | None]
    ) -> None:
        self._view, self._look, self._model, self._chosen = view, look, model, chosen

    @property
    def _verbs(self) -> BagVerbs:
        return self._model.bag

    @property
    def _approver(self) -> Approver:
        return self._model.approver

    def buttons(self) -> dict[Act, tuple[QPushButton, ...]]:
        """One for each act."""
        t = self._look.t
        acts: dict[Act, tuple[str, Callable[[Case], None]]] = {
            Act.DECIDE: (t("Decide the row"), self._model.here.open),
            Act.LEAVE_OUT: (t("Leave out"), self._leave_out),
            Act.TAKE_MONEY: (t("Take money"), self._take_money),
            Act.ARREARS: (t("Pay the debt"), self._pay_debt),
            Act.ENVELOPE: (t("Scan its envelope"), self._scan),
            Act.BACK_UNPAID: (t("Back without a load"), self._back_unpaid),
            Act.RELEASE: (t("Release row"), self._release),
            Act.GIVE_BACK: (t("Give back"), self._give_back),
            Act.COUNT: (t("Counted again"), self._count),
            Act.EXPLAIN: (t("Explain"), self._explain),
            Act.HAND_BACK: (t("Return this card"), self._hand_back),
            Act.HAND_OVER: (t("Hand over cards"), self._hand_over),
            Act.PHOTOGRAPH: (t("Photo of the paper"), self._photograph),
            Act.HOLD_ORDER: (t("Hold for this desk"), self._verbs.hold),
            Act.CLOSE: (t("Close batch"), self._verbs.close),
        }
        return {act: (self._made(act, words, do),) for act, (words, do) in acts.items()}

    def _made(self, act: Act, words: str, do: Callable[[Case], None]) -> QPushButton:
        def press() -> None:
            item = self._chosen()
            if item is not None:
                do(item)

        return button(words, press, key=KEYS[act][0])

    def _leave_out(self, item: Case) -> None:
        t = self._look.t
        choices = [(code, word(f"left_out.{code}", t)) for code in REASONS]
        reason = ask_reason(self._view, self._look, t("Why is it left out?"), item.who, choices)
        if reason:
            self._verbs.leave_out(item, reason)

    def _take_money(self, item: Case) -> None:
        def known(account: BatchAccount) -> None:
            handed = ask_money(self._view, self._look, account.state, debt_of(item))
            if handed is not None:
                self._verbs.take_money(item, handed)

        self._verbs.account(item, known)

    def _pay_debt(self, item: Case) -> None:
        def known(account: BatchAccount) -> None:
            debt = debt_of(item)
            if debt is None:
                return
            owing = Owing(item.who, debt, account.payments_for(item.place), self._verbs.consents)
            answer = ask_consent(self._view, self._look, owing)
            if answer is not None:
                self._verbs.pay_debt(item, *answer)

        self._verbs.account(item, known)

    def _scan(self, item: Case) -> None:
        t = self._look.t
        about = t("Scan the envelope this card came in; another one is a stop again.")
        scanned = ask_field(self._view, self._look, t("Envelope of the card"), about)
        if scanned:
            self._model.scan(item, scanned)

    def _back_unpaid(self, item: Case) -> None:
        if item.state == STRAY:
            self._verbs.back_unpaid(item, None, "")
            return

        def known(account: BatchAccount) -> None:
            held = next((one for one in account.lines if one.place == item.place), None)
            if held is None or not held.held or held.released:
                self._verbs.back_unpaid(item, None, "")
                return
            reason = self._release_reason(account, held)
            if reason:
                self._verbs.back_unpaid(item, held, reason)

        self._verbs.account(item, known)

    def _release(self, item: Case) -> None:
        def known(account: BatchAccount) -> None:
            held = first_held(account)
            reason = "" if held is None else self._release_reason(account, held)
            if held is not None and reason:
                self._verbs.release(item, held.place, reason)

        self._verbs.account(item, known)

    def _release_reason(self, account: BatchAccount, held: LineMoney) -> str:
        line = account.state.outcomes[held.place - 1].line
        return ask_release(self._view, self._look, line, self._verbs.reasons)

    def _give_back(self, item: Case) -> None:
        def known(account: BatchAccount) -> None:
            paid = to_give_back(account, item)
            money = None if paid is None else ask_back(self._view, self._look, paid)
            if paid is not None and money:
                self._begin_back(item, paid, money)

        self._verbs.account(item, known)

    def _begin_back(self, item: Case, paid: PaymentStanding, money: Money) -> None:
        def begun(doubtful: bool) -> None:  # as the service answers
            self._confirm_back(item, paid, money, doubtful=doubtful)

        self._verbs.begin_back(item, paid.payment.payment_id, money, begun)

    def _confirm_back(
        self, item: Case, paid: PaymentStanding, money: Money, *, doubtful: bool
    ) -> None:
        t = self._look.t
        tender = word(f"tender.{paid.payment.tender.value}", t)
        what = back_words(paid, money, tender, t)
        note = t("What slip and till say") if doubtful else ""
        asked = ask_second_person(self._view, self._look, self._approver, what, note=note)
        if asked is not None:
            self._verbs.give_back(item, paid.payment.payment_id, money, *asked)

    def _count(self, item: Case) -> None:
        t = self._look.t
        about = t("Open the bag and count every card that lies at the desk, on a line or not.")
        title = t("Cards that lie at the desk")
        counted = ask_field(self._view, self._look, title, about, figures=True)
        if counted:
            self._verbs.explain(item, Explanation(Why.COUNTED_AGAIN, counted=int(counted)))

    def _explain(self, item: Case) -> None:
        if item.state == STRAY:
            self._explain_stray(item)
            return

        if item.state in (LOST, DESTROYED):
            self._explained(item, Explanation(Why.MADE_GOOD, (item.place,)), needs_two=True)
            return

        chosen = (item.place,) if item.state in (KEPT, REFUSED, OWED, FOUND_AGAIN) else ()

        def known(standing: CustodyState) -> None:
            told = ask_explanation(self._view, self._look, standing, chosen)
            if told is not None:
                self._explained(item, told, needs_two=standing.needs_two(told))

        self._verbs.custody(item, known)

    def _hand_back(self, item: Case) -> None:
        def known(standing: CustodyState) -> None:
            asked = ask_hand_over(self._view, self._look, standing, _HOME, (item.place,))
            if asked is not None:
                self._verbs.hand_back(item, asked)

        self._verbs.custody(item, known)

    def _hand_over(self, item: Case) -> None:
        def known(standing: CustodyState) -> None:
            asked = ask_hand_over(self._view, self._look, standing, _WHOLE)
            if asked is not None:
                self._verbs.hand_over(item, asked)

        self._verbs.custody(item, known)

    def _photograph(self, item: Case) -> None:
        chosen = ask_picture()
        if chosen is not None:
            self._verbs.photograph(item, chosen.read_bytes())

    def _explained(self, item: Case, told: Explanation, *, needs_two: bool) -> None:
        if not needs_two:
            self._verbs.explain(item, told)
            return
        t = self._look.t
        why = word(f"why.{told.why.value}", t)
        what = t("{n} cards of this bag: {why}.", n=len(told.places), why=why)
        asked = ask_second_person(self._view, self._look, self._approver, what)
        if asked is not None:
            self._verbs.explain(item, told, asked[0])

    def _explain_stray(self, item: Case) -> None:
        t, tail = self._look.t, item.card_no[-TAIL:]
        choices = [(why.value, word(f"why.{why.value}", t)) for why in _OF_STRAYS]
        about = t("The card ending in {tail} stands on no line of this batch.", tail=tail)
        why = ask_reason(self._view, self._look, t("What became of it?"), about, choices)
        if why:
            self._verbs.explain(item, Explanation(Why(why), extras=(tail,)))


def debt_of(item: Case) -> Money | None:
    """What the household of a row owes; None where it is not about that."""
    fen = item.values.get("debt_fen")
    return Money(fen) if isinstance(fen, int) else None


def first_held(account: BatchAccount) -> LineMoney | None:
    """The first row that holds money and whose card was not loaded."""
    for money, outcome in zip(account.lines, account.state.outcomes, strict=True):
        if money.held and not money.released and outcome.state not in _TOUCHED:
            return money
    return None


def to_give_back(account: BatchAccount, item: Case) -> PaymentStanding | None:
    """The payment a case is about; where it names none, the first that has something left."""
    left = [one for one in account.payments if one.remains]
    named = item.values.get("intent_id")
    return next((one for one in left if named in (None, one.payment.payment_id)), None)


def joined(*parts: dict[Act, tuple[QPushButton, ...]]) -> dict[Act, Sequence[QPushButton]]:
    """The buttons of several makers as one."""
    return {act: made for part in parts for act, made in part.items()}
