"""The value a top-up is: who, what for how much, and what shall stand on the card."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cardstation.domain.card import CardIdentity, Quantity, WritePlan
from cardstation.domain.meter import CounterSchool
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import GIVEN, Tender
from cardstation.domain.tariff import Quote
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.domain.volume import NO_GAS, Volume

NO_MARK = bytes(4)


class Work(StrEnum):
    """What is written when a whole card is: a new one, one that met its meter, a blank, another.

    CHANGE is the card of a household with another meter. TOOL is a fitter's card, TOOL_BACK its
    becoming a blank again: cards of no household.
    """

    ISSUE = "issue"
    BIND = "bind"
    CLEAR = "clear"
    REISSUE = "reissue"
    TOOL = "tool"
    TOOL_BACK = "tool_back"
    CHANGE = "change"


ON_ITS_OWN_CARD = (Work.BIND, Work.CHANGE)
"""Works that write one card, which has its own code: on another, a twin would prove of it what is
not so."""


class Step(StrEnum):
    """What the desk shows while a top-up runs, in this order."""

    READ = "read"
    CHECK = "check"
    PAY = "pay"
    WRITE = "write"
    VERIFY = "verify"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class TopUpRequest:
    """What the operator asked for: either money or a volume.

    Attributes:
        tender: How it is paid.
        reference: The bank's or the QR service's own number, empty for cash.
        agreed: The quote the operator saw; a different price now is refused, never charged.
    """

    money: Money | None = None
    volume: Volume | None = None
    tender: Tender = Tender.CASH
    reference: str = ""
    agreed: Quote | None = None


@dataclass(frozen=True, slots=True)
class TopUp:
    """One intent, of either direction: who, what for how much, and what shall stand on the card.

    Attributes:
        topup_id: UUIDv7, made before anything else happens.
        quantity: What the card will carry.
        known_counter: Last counter the station knew; the card may have been ahead of it.
        counter_before, counter_after: Purchase counter on the card and in the target.
        plan: Before-image, spans and desk-owned ranges; None until armed.
        batch_id, line: The manifest line it fulfils (1-based place in the batch), empty and 0 for
            a counter sale. row: That line's row in its sheet.
        reference: Of the payment; of a work on a card, which one (a `Work`).
        order_id: Of the paid order, or of the gas due, that it draws on; else empty.
        direction: RETURN takes the load `corrects` (a topup_id) off the card again; its `quote`
            is that load's, its `quantity` nothing. WORK writes a whole card: no gas, no money; a
            reissue names in `corrects` the load that its card carries once more.
        origin: The station whose intent this is when another began it; empty = our own.
    """

    topup_id: str
    state: TopUpState
    account_no: str
    identity: CardIdentity
    quote: Quote
    quantity: Quantity
    tender: Tender
    reference: str
    batch_id: str
    line: int
    row: int
    order_id: str
    known_counter: int
    counter_before: int
    counter_after: int
    before: bytes
    plan: WritePlan | None
    opened_at: datetime
    direction: Direction = Direction.SALE
    corrects: str = ""
    origin: str = ""

    @property
    def money(self) -> Money:
        """What was paid for it, or what goes back: of given gas nothing.

        A load taken back leaves its remainder in the household's balance.
        """
        if self.is_given:
            return NO_MONEY
        back = self.direction is Direction.RETURN
        return self.quote.total if back else self.quote.money

    @property
    def is_given(self) -> bool:
        """Gas that two people granted; `order_id` names what it is drawn from."""
        return self.tender in GIVEN

    @property
    def bought(self) -> Volume:
        """What counts as bought, for the year's tiers and for caps."""
        return NO_GAS if self.is_given else self.quote.bought

    @property
    def mark(self) -> bytes:
        """What the card carries to say whose load it is."""
        return mark_of(self.topup_id)


def mark_of(topup_id: str) -> bytes:
    """Four bytes of the id's SHA-256: ids of one minute share their first bytes, these do not."""
    return hashlib.sha256(topup_id.encode()).digest()[:4]


def next_counter(school: CounterSchool, current: int) -> int:
    """The purchase counter of the next load; makers without a counter keep what stands there."""
    return current if school is CounterSchool.NONE else current + 1
