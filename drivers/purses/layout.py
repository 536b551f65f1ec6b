"""What a purse's statement of facts means: a layout of the card room, for money meters.

What waits for the meter is the balance: only the meter takes money out of a purse, and it takes
all of it. The purchase counter is the card's online count.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from cardstation.domain.card import (
    CardContent,
    CardIdentity,
    CardType,
    Credit,
    Limits,
    PriceBlock,
    ReturnBlock,
    Span,
    WritePlan,
)
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.topup import NO_MARK
from cardstation.domain.volume import NO_GAS
from cardstation.errors import Refusal, fail
from drivers.layouts.fields import BEIJING
from drivers.purses.chip import MOMENT, NO_MOMENT
from drivers.purses.facts import DIGESTS, PurseFacts, facts_in, image_of
from drivers.purses.gas_content import Purpose

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
CARD_NO_DIGITS = 14
HOARD = Money(99_999_999)
"""The most that a meter of the published protocol keeps: 999 999.99 yuan."""

_TYPES = {
    Purpose.OPENING: CardType.OPENING,
    Purpose.BUYING: CardType.USER,
    Purpose.REISSUE: CardType.REISSUE,
}


class PurseLayout:
    """Implements `cardstation.ports.layout.Layout` over the facts of one purse.

    Args:
        name: Its driver's.
        maker: The maker and area its cards are of.
    """

    marks_loads = True
    rewrites = False
    desk_owned: tuple[range, ...] = (DIGESTS,)

    def __init__(self, name: str, maker: str) -> None:
        self.code = self.chip = name
        self._maker = maker

    def recognises(self, image: bytes) -> bool:
        """True when it is a statement of this purse and the card has a customer."""
        facts = facts_in(image, self.code)
        return facts is not None and bool(facts.customer_no)

    def is_blank(self, image: bytes) -> bool:
        """True when the issuer has not said whose card it is."""
        facts = facts_in(image, self.code)
        return facts is not None and not facts.customer_no

    def is_torn(self, image: bytes) -> bool:  # noqa: ARG002
        """Never: a load moves at once."""
        return False

    def decode(self, image: bytes) -> CardContent:
        """Put the facts into the trade's words.

        Raises:
            Refusal: `foreign_card`.
        """
        facts = self._facts(image)
        return CardContent(
            identity=CardIdentity(
                maker=self._maker,
                card_type=_TYPES[Purpose(facts.purpose)],
                card_no=facts.card[-CARD_NO_DIGITS:],
                account_no=facts.customer_no,
                meter_no=facts.meter_no,
                generation=facts.generation,
            ),
            credit=_credit(facts) if facts.known else None,
            limits=Limits(NO_MONEY, HOARD, NO_MONEY),
            price=None,
            returned=_returned(facts),
        )

    def plan_load(self, image: bytes, credit: Credit) -> WritePlan:
        """What the card shall say after the load.

        Raises:
            Refusal: `foreign_card`; `purse_counts_itself`: no load repeats a count.
        """
        facts, quantity = self._facts(image), credit.quantity
        if not isinstance(quantity, Money):
            fail("a purse keeps money")
        if credit.purchase_counter != facts.count + 1:
            raise Refusal("purse_counts_itself")
        target = replace(
            facts,
            count=credit.purchase_counter,
            balance=facts.balance + quantity.fen,
            fen=quantity.fen,
            mark=credit.mark.hex(),
            station=credit.station_no,
            moment=credit.loaded_at.astimezone(BEIJING).strftime(MOMENT),
            known=True,
            tac="",
        )
        after = image_of(target, self.code)
        return WritePlan(image, (Span(DIGESTS.start, after[DIGESTS.start :]),), self.desk_owned)

    def plan_clear(self, image: bytes, credit: Credit) -> WritePlan:  # noqa: ARG002
        """Money is taken out of a purse by its meter only.

        Raises:
            Refusal: `purse_keeps_money`.
        """
        raise Refusal("purse_keeps_money")

    def plan_issue(
        self,
        image: bytes,  # noqa: ARG002
        identity: CardIdentity,  # noqa: ARG002
        credit: Credit,  # noqa: ARG002
        limits: Limits,  # noqa: ARG002
        price: PriceBlock | None,  # noqa: ARG002
        returned: ReturnBlock,  # noqa: ARG002
    ) -> WritePlan:
        """A CPU card gets its keys where they are made.

        Raises:
            Refusal: `card_made_elsewhere`.
        """
        raise Refusal("card_made_elsewhere", maker=self._maker)

    def plan_wipe(self, image: bytes, mark: bytes) -> WritePlan:  # noqa: ARG002
        """A CPU card gets its customer where its keys are made.

        Raises:
            Refusal: `card_not_clearable`.
        """
        raise Refusal("card_not_clearable")

    def plan_return(self, image: bytes, returned: ReturnBlock) -> WritePlan:  # noqa: ARG002
        """What a meter writes is between it and the card."""
        fail("no meter reads a statement of facts")

    def _facts(self, image: bytes) -> PurseFacts:
        facts = facts_in(image, self.code)
        if facts is None or not facts.customer_no:
            raise Refusal("foreign_card")
        return facts


def _credit(facts: PurseFacts) -> Credit:
    return Credit(
        quantity=Money(facts.fen),
        purchase_counter=facts.count,
        cumulative=NO_MONEY,
        loaded_at=_moment(facts.moment, MOMENT),
        station_no=facts.station,
        mark=bytes.fromhex(facts.mark),
        sequence=0,
    )


def _returned(facts: PurseFacts) -> ReturnBlock:
    """What the meter is known to have done; without a date it is no reading of that meter."""
    return ReturnBlock(
        meter_no=facts.meter_no if facts.written else "",
        purchase_counter=facts.count if facts.taken else max(0, facts.count - 1),
        taken_mark=bytes.fromhex(facts.mark) if facts.taken else NO_MARK,
        residual=Money(facts.residual),
        cumulative=NO_MONEY,
        used=NO_GAS,
        flags=frozenset(),
        error=0,
        written_at=_moment("20" + facts.written + "00", MOMENT) if facts.written else NEVER,
        sequence=0,
    )


def _moment(digits: str, form: str) -> datetime:
    """A time of the card in the desk's zone; what is none, as on a new card, is never."""
    if digits == NO_MOMENT:
        return NEVER
    try:
        return datetime.strptime(digits, form).replace(tzinfo=BEIJING)
    except ValueError:
        return NEVER
