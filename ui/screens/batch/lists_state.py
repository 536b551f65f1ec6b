"""What the pages for lists show: a paste, headings, a comparison, one row, or the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from cardstation.domain.batch import DECIDED, LineState, ManifestLine, Verdict
from cardstation.domain.batch_life import Stage
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.revision import LEFT_OUT, Comparison
from cardstation.domain.tariff import Quote, Tier
from cardstation.services.batch_state import BatchState
from cardstation.services.lists.entry import EntryState
from cardstation.services.lists.reading import Heading, HouseholdList
from cardstation.services.look_at_line import LineDetail
from ui.messages import Problem

GONE = frozenset({Stage.RETURNED, Stage.CLOSED})
"""The cards are no longer here."""
_NOTHING_TYPED = EntryState(0, 0)
REASONS = ("unclear", "not_wanted", "twice", "elsewhere")


class Page(StrEnum):
    """Which page lies over the lists or the open batch."""

    NONE = "none"
    PASTE = "paste"
    HEADINGS = "headings"
    COMPARE = "compare"
    ROW = "row"
    DOOR = "door"


class Ask(StrEnum):
    """What the row page waits for."""

    WHO = "who"
    AMOUNT = "amount"
    ACCOUNT = "account"
    REASON = "reason"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class RowState:
    """The row that is looked at.

    Attributes:
        left: How many rows need a person, this one among them.
        picked: Whom it means, chosen or certain.
        quote: What the typed amount buys; problem: why it buys nothing.
    """

    detail: LineDetail
    left: int
    ask: Ask
    picked: Household | None = None
    amount: str = ""
    quote: Quote | None = None
    tiers: tuple[Tier, ...] = ()
    problem: Problem | None = None

    @property
    def debtor(self) -> Household | None:
        """The household the row is certain of, while it owes and its row is open."""
        home = self.detail.household
        waits = home is not None and bool(home.arrears.fen) and self.ask is not Ask.NOTHING
        return home if waits else None


@dataclass(frozen=True, slots=True)
class DoorState:
    """The list that is made at the door.

    Attributes:
        household: Whose card lies in the reader; None = no card, or not known yet.
        card_no: Of that card.
        problem: Why the card cannot be added.
    """

    household: Household | None = None
    card_no: str = ""
    reading: bool = False
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ListsState:
    """The page that is open, and what it is about.

    Attributes:
        standing: The batch that is open, None = none.
        explained: Headings and what a person says they hold.
        entry: How many typed lines a second person has not counted.
    """

    page: Page = Page.NONE
    busy: bool = False
    standing: BatchState | None = None
    entry: EntryState = _NOTHING_TYPED
    path: Path | None = None
    manager: str = ""
    headings: tuple[Heading, ...] = ()
    explained: Mapping[str, str] = field(default_factory=dict)
    found: HouseholdList | None = None
    comparison: Comparison | None = None

    @property
    def needing(self) -> tuple[int, ...]:
        """Places of the rows that a person can decide."""
        if self.standing is None:
            return ()
        return tuple(
            at
            for at, one in enumerate(self.standing.outcomes, start=1)
            if needs_person(one.line) and one.state is LineState.STOPPED
        )

    @property
    def before_money(self) -> str:
        """What comes before the money: `solve` rows, the second `count`, or nothing.

        A list of which some rows can be paid at once is paid first.
        """
        if self.standing is None or self.standing.stage in GONE:
            return ""
        unchecked = self.entry.unchecked
        payable = self.standing.money.expected.fen > 0 and not unchecked
        if self.needing and not payable:
            return "solve"
        return "count" if unchecked else ""


def needs_person(line: ManifestLine) -> bool:
    """True for a row that is a question, or whose household was not found."""
    if line.withdrawn:
        return False
    return line.verdict is Verdict.HUMAN or "unknown_household" in line.reasons


def may_reopen(line: ManifestLine) -> bool:
    """True for a row about which a decision can be taken back."""
    return (line.ground == DECIDED and not line.withdrawn) or line.withdrawn.startswith(LEFT_OUT)


def order_of(lines: tuple[ManifestLine, ...]) -> tuple[int, ...]:
    """Places as the table shows them: what needs a person first, what counts no more last."""

    def rank(place: int) -> int:
        line = lines[place - 1]
        if line.withdrawn:
            return 3
        return 0 if needs_person(line) else 2

    return tuple(sorted(range(1, len(lines) + 1), key=rank))


def money_of(text: str) -> Money | None:
    """A typed amount, None while it is none."""
    try:
        money = Money.of_yuan(text.strip().replace("，", ".").replace("。", "."))
    except ValueError:
        return None
    return money if money.fen > 0 else None
