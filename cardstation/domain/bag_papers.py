"""What the papers of a bag say: labels, custody slips, the way back, the entrustment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.custody import HandOver, Where
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.volume import Volume


@dataclass(frozen=True, slots=True)
class BagLabel:
    """What sticks on a sealed bag; a stranger who finds it learns nothing of a household.

    Attributes:
        bag: Which bag of the batch, from 1.
        cards: How many should be in it, None when it is not filled yet.
    """

    company: str
    station: str
    batch_id: str
    seal_no: str
    bag: int
    community: str
    team: str
    cards: int | None
    made_at: datetime
    training: bool


@dataclass(frozen=True, slots=True)
class CustodySlip:
    """One hand-over on A5, for both parties to sign and keep.

    Attributes:
        number: Of its entry in the station's journal.
        given_picture, taken_picture: Signatures, empty when none was drawn.
        missing: Rows of the cards known to be missing: a slip stays longer than the doors may.
    """

    company: str
    station: str
    clerk: str
    batch_id: str
    community: str
    number: int
    at: datetime
    told: HandOver
    given_by: str
    taken_by: str
    given_picture: bytes
    taken_picture: bytes
    missing: tuple[int, ...]
    training: bool


@dataclass(frozen=True, slots=True)
class ManagerRow:
    """One card as a property manager needs to know it.

    Attributes:
        tail: Last digits of the card's number, shown where several cards are of one door.
        amount: What the manager paid of it, None where that is nothing or nothing is loaded.
    """

    door: str
    tail: str
    done: bool
    where: Where
    amount: Money | None


@dataclass(frozen=True, slots=True)
class ManagerSheet:
    """The sheet for the property manager: no name, no whole number, no reason.

    Attributes:
        seals: Numbers of the bags' seals.
        counts: How many cards are where, the empty places left out.
        received: The manager's own money: `loaded` (the sum of the rows) + `kept` (by households
            as their balance, of loads that were taken off) + `waiting` (held for cards that are
            not loaded) + `arrears` + `given_back` + `remainder`; each as on the hand-over sheet.
        others: What others paid for all; it is no part of `received`.
    """

    company: str
    station: str
    clerk: str
    batch_id: str
    community: str
    manager: str
    made_at: datetime
    seals: tuple[str, ...]
    rows: tuple[ManagerRow, ...]
    counts: tuple[tuple[Where, int], ...]
    received: Money
    loaded: Money
    waiting: Money
    arrears: Money
    given_back: Money
    remainder: Money
    training: bool
    others: Money = NO_MONEY
    kept: Money = NO_MONEY

    @property
    def done(self) -> int:
        """Cards that were topped up."""
        return sum(row.done for row in self.rows)


@dataclass(frozen=True, slots=True)
class StripRow:
    """One household's part of a strip; no name, since a strip is seen by a whole floor.

    Attributes:
        account: Last digits of its account.
        sealed_at: When its load was sealed.
        to_balance: Of `paid`, what is kept as its balance.
        arrears: Paid for it out of the batch's money, beside `paid`.
        prepaid: `paid` was paid online; no money was taken for it here.
    """

    door: str
    tail: str
    volume: Volume | None
    paid: Money
    receipt_no: str
    check_code: str
    account: str
    sealed_at: datetime
    to_balance: Money
    arrears: Money
    prepaid: bool = False


@dataclass(frozen=True, slots=True)
class Floor:
    """The receipts of one stair and floor, to be cut off as one strip."""

    building: str
    unit: str
    floor: str
    rows: tuple[StripRow, ...]


@dataclass(frozen=True, slots=True)
class ReceiptStrips:
    """Receipts in the order of the doors, a strip per floor."""

    company: str
    station: str
    batch_id: str
    community: str
    made_at: datetime
    floors: tuple[Floor, ...]
    training: bool


@dataclass(frozen=True, slots=True)
class NotDoneRow:
    """One household whose card was not topped up; `reason` is a code."""

    door: str
    tail: str
    reason: str


@dataclass(frozen=True, slots=True)
class NotDoneList:
    """Notes to the households whose cards were not topped up, in the order of the doors."""

    company: str
    station: str
    batch_id: str
    community: str
    made_at: datetime
    rows: tuple[NotDoneRow, ...]
    training: bool


@dataclass(frozen=True, slots=True)
class Annex:
    """The agreement on personal data between the utility and who collects cards for it.

    Attributes:
        days: After which the data of a closed batch are removed.
        purged_at: When that was done, None while they are still there.
    """

    company: str
    station: str
    batch_id: str
    community: str
    manager: str
    team: str
    cards: int
    days: int
    made_at: datetime
    purged_at: datetime | None
    training: bool


OfBag = BagLabel | CustodySlip | ManagerSheet | NotDoneList | ReceiptStrips | Annex
"""Every paper of a bag."""
