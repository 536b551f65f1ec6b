"""What the counter screen shows: one frozen value, empty when no card lies in the reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from cardstation.domain.card import CardContent
from cardstation.domain.card_report import CardReport
from cardstation.domain.household import Household
from cardstation.domain.ledger import Order
from cardstation.domain.meter import Clearing, MeterKind, WaitingLoad
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Receipt
from cardstation.domain.tariff import Quote
from cardstation.domain.topup import Step
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.intent.opened import OpenIntent
from cardstation.services.read_card import CardFacts
from ui.messages import Problem
from ui.unfinished import Torn

TENDERS = ("cash", "qr_code", "bank_transfer")
"""How money is taken."""
_AMOUNT = re.compile(r"\d{1,7}(?:\.\d{1,2})?")
_VOLUME = re.compile(r"\d{1,6}(?:\.\d{1,3})?")


_NEW_CARDS = frozenset(
    {"blank_card", "card_damaged", "card_not_bound", "card_work_unknown", "maker_not_said"}
)
"""What is said of a card that can be issued, bound, or finished where that was cut short."""


_DEAD_CARDS = frozenset(
    {
        *("old_card", "account_closed", "card_issued_already"),
        *("card_clearing_open", "card_clear_unknown", "proof_missing"),
    }
)
"""What is said of a card that may be dead, or finished where its clearing was cut short."""


class Phase(StrEnum):
    """How far the card in the reader has come.

    QUESTION: a human must say whether money was taken. STOPPED: the rules or the card say no; it
    still lies there. PULLED: it left half-way. EXAMINED: what it is is shown, and nothing is sold.
    """

    EMPTY = "empty"
    READING = "reading"
    READY = "ready"
    QUESTION = "question"
    WORKING = "working"
    DONE = "done"
    STOPPED = "stopped"
    PULLED = "pulled"
    EXAMINED = "examined"


class Unit(StrEnum):
    """What is typed: yuan or cubic metres."""

    MONEY = "money"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True)
class State:
    """The counter.

    Attributes:
        question: What only a human can answer: was this money taken?
        finished: The receipt is of an earlier load that was brought to its end.
        text: What is being typed. quote: its price, None while unknown.
        doubt: Why there is no price.
        problem: Why the card stopped, or the reader has trouble.
        paper: None while printing, else whether the receipt was filed.
        torn: The card that was pulled half-way and goes first.
        owed: What is to be paid out after the load was taken off the card again.
        declined: The paid order stays waiting; something else is sold.
        report: What an examination of the card found.
    """

    phase: Phase = Phase.EMPTY
    facts: CardFacts | None = None
    question: OpenIntent | None = None
    finished: bool = False
    unit: Unit = Unit.MONEY
    tender: Tender = Tender.CASH
    text: str = ""
    reference: str = ""
    quote: Quote | None = None
    doubt: Problem | None = None
    step: Step = Step.READ
    receipt: Receipt | None = None
    paper: bool | None = None
    problem: Problem | None = None
    torn: Torn | None = None
    owed: Money | None = None
    declined: bool = False
    report: CardReport | None = None

    @property
    def offer(self) -> Order | None:
        """The paid order that is offered before anything is sold."""
        orders = self.facts.orders if self.facts else ()
        shown = self.phase in (Phase.READY, Phase.WORKING) and not self.declined
        return orders[0] if orders and shown else None

    @property
    def passes_order(self) -> bool:
        """True while something else is about to be sold to a card that a paid order waits for."""
        return self.declined and bool(self.facts and self.facts.orders)

    @property
    def household(self) -> Household | None:
        """Whose card it is."""
        return self.facts.household if self.facts else None

    @property
    def content(self) -> CardContent | None:
        """What is on the card."""
        return self.facts.content if self.facts else None

    @property
    def tenders(self) -> tuple[str, ...]:
        """How it may be paid: out of the balance, too, where the household has one here."""
        kept = self.household is not None and bool(self.household.balance)
        return (*TENDERS, *([Tender.BALANCE.value] if kept else []))

    @property
    def needs_reference(self) -> bool:
        """True for money that has a number of its own."""
        return self.tender in (Tender.BANK_TRANSFER, Tender.QR_CODE)

    @property
    def short(self) -> Problem | None:
        """The balance does not reach for what is bought."""
        paid = self.tender is Tender.BALANCE and self.quote is not None
        if not paid or self.quote is None or self.household is None:
            return None
        money, free = self.quote.money, self.household.balance
        values = {"fen": money.fen, "free_fen": free.fen}
        return Problem("balance_too_small", values) if money > free else None

    @property
    def by_volume_only_money(self) -> bool:
        """True for money meters, which cannot be bought by volume."""
        return self.household is not None and self.household.meter.kind is MeterKind.MONEY

    @property
    def may_take_back(self) -> bool:
        """True when the card shows a load that the meter has not taken, and nothing is typed."""
        lying = self.content is not None and self.content.pending is not None
        stopped = self.phase is Phase.STOPPED and self.household is not None
        if self.facts and self.facts.rules.on_waiting_load is WaitingLoad.METER_FIRST:
            return False
        return lying and self.owed is None and (stopped or self.phase in (Phase.READY, Phase.DONE))

    @property
    def may_examine(self) -> bool:
        """True while a card lies there that is not being sold to."""
        return self.phase is Phase.STOPPED or (self.phase is Phase.READY and not self.text)

    @property
    def may_issue(self) -> bool:
        """True while a blank lies there, or a new card that is not bound, or one half made."""
        code = self.problem.code if self.problem else ""
        return self.phase is Phase.STOPPED and code in _NEW_CARDS

    @property
    def may_wipe(self) -> bool:
        """True while a card lies there that may be dead: it can be made a blank again."""
        code = self.problem.code if self.problem else ""
        kept = self.facts is not None and self.facts.rules.clears is not Clearing.BLANK
        begun = code in ("card_clearing_open", "card_clear_unknown")
        return self.phase is Phase.STOPPED and code in _DEAD_CARDS and (begun or not kept)

    @property
    def is_new_card(self) -> bool:
        """True while a blank lies there, or a card that was issued and has not met its meter."""
        code = self.problem.code if self.problem else ""
        return self.phase is Phase.STOPPED and code in ("blank_card", "card_not_bound")

    @property
    def may_lay_aside(self) -> bool:
        """True while a torn card keeps others from being served."""
        return self.torn is not None and self.phase in (Phase.PULLED, Phase.STOPPED)

    @property
    def may_confirm(self) -> bool:
        """True when one key sells, or loads, what is shown."""
        if self.phase is Phase.READY and self.offer is not None:
            return True
        return (
            self.phase is Phase.READY
            and self.quote is not None
            and self.short is None
            and (bool(self.reference.strip()) or not self.needs_reference)
        )


def wish_of(text: str, unit: Unit) -> tuple[Money | None, Volume | None]:
    """Read what was typed.

    Raises:
        Refusal: `not_an_amount`, `not_a_volume`.
    """
    plain = text.strip().translate(str.maketrans("０１２３４５６７８９．。", "0123456789.."))
    if unit is Unit.MONEY:
        if not _AMOUNT.fullmatch(plain):
            raise Refusal("not_an_amount", text=text.strip())
        return Money.of_yuan(plain), None
    if not _VOLUME.fullmatch(plain):
        raise Refusal("not_a_volume", text=text.strip())
    return None, Volume.of_m3(plain)
