"""What the exceptions screen shows: what is begun and not finished, and the card lying there."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.exception_case import Act
from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Step
from cardstation.services.intent.cases import Case
from ui.messages import Problem
from ui.screens.counter.state import Phase

KEYS: dict[Act, tuple[str, ...]] = {
    Act.ANSWER: ("F9", "F10"),
    Act.SETTLE: ("F9", "F10"),
    Act.REFUND: ("F7",),
    Act.PAY_OUT: ("F6",),
    Act.DISPUTE: ("F8",),
    Act.WITHDRAW: ("F4",),
    Act.REJOIN: ("F11",),
    Act.BATCH: ("Ctrl+2",),
}
"""The keys of what people do; where two answers are possible, yes stands first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A refund that waits for its card: only that card proves that nothing was loaded.

    Attributes:
        phase: Of the card in the reader.
    """

    key: str
    card_no: str
    money: Money
    approval: Approval
    phase: Phase = Phase.EMPTY
    problem: Problem | None = None

    @property
    def tail(self) -> str:
        """The last four digits of the card."""
        return self.card_no[-4:]


@dataclass(frozen=True, slots=True)
class Lying:
    """The card in the reader, while no refund waits for one.

    Attributes:
        phase: How far it came; `ready`: it was read, and nothing was to be finished on it.
        key: Of its own case, empty when it has none.
        owed: What has to be paid out, once its load is off.
    """

    phase: Phase
    step: Step = Step.READ
    key: str = ""
    problem: Problem | None = None
    owed: Money | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What waits, the worst first; None = not looked up yet.

    Attributes:
        problem: Why it could not be looked up.
    """

    items: tuple[Case, ...] | None = None
    wanted: Wanted | None = None
    lying: Lying | None = None
    problem: Problem | None = None

    def case_of(self, card_no: str) -> Case | None:
        """The worst case of a card."""
        return next((one for one in self.items or () if one.card_no == card_no), None)
