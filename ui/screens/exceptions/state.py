"""What the exceptions screen shows: what is begun and not finished, and the card lying there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

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
    Act.DECIDE: ("F4",),
    Act.LEAVE_OUT: ("F8",),
    Act.TAKE_MONEY: ("F6",),
    Act.ARREARS: ("F7",),
    Act.ENVELOPE: ("F6",),
    Act.BACK_UNPAID: ("F8",),
    Act.RELEASE: ("F7",),
    Act.GIVE_BACK: ("F6",),
    Act.COUNT: ("F6",),
    Act.EXPLAIN: ("F7",),
    Act.HAND_BACK: ("F6",),
    Act.HAND_OVER: ("F6",),
    Act.PHOTOGRAPH: ("F6",),
    Act.TAKE_OFF: ("F4",),
    Act.HOLD_ORDER: ("F6",),
    Act.CLOSE: ("F9",),
}
"""The keys of what people do; where two answers are possible, yes stands first. Two acts share one
only where no guide offers both."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A refund, or a load that comes off, waits for its card: only that card proves it.

    Attributes:
        phase: Of the card in the reader.
        off: The load comes off its card. reading: Of the meter, by a fitter; empty for none.
    """

    key: str
    card_no: str
    money: Money
    approval: Approval
    phase: Phase = Phase.EMPTY
    problem: Problem | None = None
    off: bool = False
    reading: str = ""

    @property
    def tail(self) -> str:
        """The last four digits of the card."""
        return self.card_no[-4:]

    @property
    def may_leave(self) -> bool:
        """There is still something that could be given up."""
        return self.phase not in (Phase.WORKING, Phase.DONE)


@dataclass(frozen=True, slots=True)
class Lying:
    """The card in the reader, while no refund waits for one.

    Attributes:
        phase: How far it came; `ready`: it was read, and nothing was to be finished on it.
        key: Of its own case, empty when it has none.
        owed: What has to be paid out, once its load is off.
        loaded: It was loaded here: its row or its order is ended.
    """

    phase: Phase
    step: Step = Step.READ
    key: str = ""
    problem: Problem | None = None
    owed: Money | None = None
    loaded: bool = False


@dataclass(frozen=True, slots=True)
class Scanned:
    """The own envelope of a stopped card: its card may be loaded now.

    Attributes:
        key: Of its case. since: When it was stopped; a later stop asks for the envelope again.
    """

    key: str
    since: datetime | None
    envelope: str

    def fits(self, item: Case) -> bool:
        """It was scanned for this very stop."""
        return (self.key, self.since) == (item.key, item.since)


@dataclass(frozen=True, slots=True)
class State:
    """What waits, the worst first; None = not looked up yet.

    Attributes:
        problem: Why it could not be looked up.
    """

    items: tuple[Case, ...] | None = None
    wanted: Wanted | None = None
    lying: Lying | None = None
    scanned: Scanned | None = None
    problem: Problem | None = None

    def case_of(self, card_no: str) -> Case | None:
        """The worst case of a card."""
        return next((one for one in self.items or () if one.card_no == card_no), None)

    def guided(self, item: Case) -> Case:
        """A case as it stands now: a step that only this desk has seen done is done."""
        if not self.envelope_of(item) or Act.ENVELOPE not in item.actions:
            return item
        now = tuple(Act.CARD if act is Act.ENVELOPE else act for act in item.guide.now)
        return replace(item, guide=replace(item.guide, at=1, now=now))

    def envelope_of(self, item: Case) -> str:
        """The envelope that was scanned for a case, empty when none was."""
        scanned = self.scanned
        return scanned.envelope if scanned is not None and scanned.fits(item) else ""
