"""What a statement of facts means: a maker's library as a layout of the card room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from cardstation.domain.card import (
    CardContent,
    CardIdentity,
    CardType,
    Credit,
    Limits,
    PriceBlock,
    Quantity,
    ReturnBlock,
    Span,
    WritePlan,
)
from cardstation.domain.meter import CounterSchool, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.new_card import NEVER_MET
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal, fail
from drivers.bridge.description import Description
from drivers.bridge.facts import (
    DIGESTS,
    Facts,
    blank_of,
    facts_in,
    image_of,
    load_mark_of,
    taken_mark_of,
)
from drivers.bridge.values import told_again

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class FactsLayout:
    """Implements `cardstation.ports.layout.Layout` over the facts of one library."""

    marks_loads = False
    rewrites = False
    desk_owned: tuple[range, ...] = (DIGESTS,)

    def __init__(self, described: Description) -> None:
        self.code = self.chip = described.name
        self._described = described

    def recognises(self, image: bytes) -> bool:
        """True when it is a statement of this library."""
        return facts_in(image, self.code) is not None

    def is_blank(self, image: bytes) -> bool:
        """True when the library says so."""
        return image == blank_of(self.code)

    def is_torn(self, image: bytes) -> bool:  # noqa: ARG002
        """Never: the library itself says when a card is damaged; it shows no half-written load."""
        return False

    def decode(self, image: bytes) -> CardContent:
        """Put the facts into the trade's words.

        Raises:
            Refusal: `foreign_card`.
        """
        facts = self._facts(image)
        return CardContent(
            identity=CardIdentity(
                maker=self._described.rules.code,
                card_type=self._type_of(facts),
                card_no=facts.card_no,
                account_no=facts.account_no,
                meter_no=facts.meter_no,
                generation=facts.generation,
            ),
            credit=self._credit(facts),
            limits=self._limits(facts),
            price=None,
            returned=self._returned(facts),
        )

    def plan_load(self, image: bytes, credit: Credit) -> WritePlan:
        """What the library shall say after the load.

        Raises:
            Refusal: `foreign_card`.
        """
        return self._plan(image, credit)

    def plan_clear(self, image: bytes, credit: Credit) -> WritePlan:
        """What the library shall say after the load was taken off.

        Raises:
            Refusal: `foreign_card`; `library_cannot_clear`: it has no function for it.
        """
        if "clear" not in self._described.functions:
            raise Refusal("library_cannot_clear", library=self.code)
        return self._plan(image, credit)

    def plan_issue(
        self,
        image: bytes,
        identity: CardIdentity,
        credit: Credit,
        limits: Limits,
        price: PriceBlock | None,
        returned: ReturnBlock,
    ) -> WritePlan:
        """What the library shall say of a blank once it has made a card of it.

        Raises:
            Refusal: `library_cannot_issue`: it has no function for it, or none that can say such a
                card, nothing tells two new cards of it apart, or the card is no blank;
                `field_does_not_fit`: a price.
        """
        if price is not None:
            raise Refusal("field_does_not_fit", field="price")
        function = self._described.functions.get("issue")
        counts = self._described.rules.school is not CounterSchool.NONE
        if function is None or not counts or not self.is_blank(image):
            raise Refusal("library_cannot_issue", library=self.code)
        target = self._new(identity, credit, limits, returned)
        after = image_of(target, self.code, adds=self._described.adds)
        said = not credit.quantity or function.takes & {"quantity", "bought"}
        if self.decode(after).identity != identity or not said:
            raise Refusal("library_cannot_issue", library=self.code)
        return WritePlan(image, (Span(DIGESTS.start, after[DIGESTS.start :]),), self.desk_owned)

    def plan_wipe(self, image: bytes, mark: bytes) -> WritePlan:  # noqa: ARG002
        """A blank, as the library shows it: it has no room for a mark.

        Raises:
            Refusal: `card_not_clearable`: the library has no function for it; `foreign_card`.
        """
        if "format" not in self._described.functions:
            raise Refusal("card_not_clearable")
        self._facts(image)
        blank = blank_of(self.code)[DIGESTS.start :]
        return WritePlan(image, (Span(DIGESTS.start, blank),), self.desk_owned)

    def plan_return(self, image: bytes, returned: ReturnBlock) -> WritePlan:  # noqa: ARG002
        """What a meter writes is between it and the library."""
        fail("no meter reads a statement of facts")

    def _facts(self, image: bytes) -> Facts:
        facts = facts_in(image, self.code)
        if facts is None:
            raise Refusal("foreign_card")
        return facts

    def _type_of(self, facts: Facts) -> CardType:
        if facts.opening:
            return CardType.OPENING
        again = facts.generation > 0 and "issue" in self._described.functions
        return CardType.REISSUE if again else CardType.USER

    def _new(
        self, identity: CardIdentity, credit: Credit, limits: Limits, returned: ReturnBlock
    ) -> Facts:
        """What the library reads of a new card; what it never tells is left out."""
        told = self._described.functions["read"].gives
        generation, opening = identity.generation, identity.card_type is CardType.OPENING
        return Facts(
            card_no=identity.card_no,
            account_no=identity.account_no,
            meter_no=identity.meter_no,
            generation=generation if self._may_say("generation") else 0,
            quantity=_number(credit.quantity),
            counter=credit.purchase_counter if "counter" in told else 0,
            total=_number(credit.cumulative) if "total" in told else None,
            taken=False if "taken" in told else None,
            meter_counter=returned.purchase_counter if "meter_counter" in told else None,
            meter_total=_number(returned.cumulative) if "meter_total" in told else None,
            hoard=_number(limits.hoard),
            at=self._day_of(credit.loaded_at),
            opening=opening if self._may_say("opening") else "opening" in told,
        )

    def _may_say(self, fact: str) -> bool:
        functions = self._described.functions
        return fact in functions["read"].gives and fact in functions["issue"].takes

    def _day_of(self, at: datetime) -> datetime:
        """A time as the library tells it again."""
        told = self._described.functions["read"].arguments
        form = next((one.form for one in told if one.fact == "at"), "")
        return told_again(at, form) if form else at

    def _plan(self, image: bytes, credit: Credit) -> WritePlan:
        facts = self._facts(image)
        target = replace(
            facts,
            quantity=_number(credit.quantity),
            counter=credit.purchase_counter,
            total=None if facts.total is None else _number(credit.cumulative),
            taken=None if facts.taken is None else False,
            at=credit.loaded_at,
        )
        after = image_of(target, self.code, adds=self._described.adds)
        return WritePlan(image, (_changed(image, after),), self.desk_owned)

    def _credit(self, facts: Facts) -> Credit | None:
        """The load on the card; none where one was cut short (MONEY-SAFETY 3)."""
        left_over = facts.quantity and not facts.waiting and facts.taken is None
        if left_over and not self._described.keeps:
            return None
        return Credit(
            quantity=self._quantity(facts.quantity),
            purchase_counter=facts.counter,
            cumulative=self._quantity(facts.total or 0),
            loaded_at=facts.at if facts.at and self._tells("at") else _NEVER,
            station_no=0,
            mark=load_mark_of(facts, self._described.rules.school),
            sequence=0,
        )

    def _limits(self, facts: Facts) -> Limits:
        hoard = self._described.hoard if facts.hoard is None else facts.hoard
        return Limits(self._quantity(0), self._quantity(hoard), self._quantity(0))

    def _returned(self, facts: Facts) -> ReturnBlock:
        """What the meter is known to have done; without a date it is no reading of that meter."""
        return ReturnBlock(
            meter_no="" if facts.written_at is None else facts.meter_no,
            purchase_counter=self._counted_by_meter(facts),
            taken_mark=taken_mark_of(facts, self._described.rules.school),
            residual=self._quantity(facts.residual or 0),
            cumulative=self._quantity(_metered_total(facts)),
            used=Volume(facts.used),
            flags=frozenset(facts.flags),
            error=facts.error,
            written_at=facts.written_at or self._unmet(facts),
            sequence=0,
        )

    def _tells(self, fact: str) -> bool:
        return fact in self._described.functions["read"].gives

    def _unmet(self, facts: Facts) -> datetime:
        """When its meter wrote back that has not; unknown where the library never says it."""
        return NEVER_MET if facts.opening or self._tells("written_at") else _NEVER

    def _counted_by_meter(self, facts: Facts) -> int:
        if facts.meter_counter is not None:
            return facts.meter_counter
        ahead = facts.waiting > 0 and self._described.rules.school is not CounterSchool.NONE
        return max(0, facts.counter - 1) if ahead else facts.counter

    def _quantity(self, number: int) -> Quantity:
        money = self._described.kind is MeterKind.MONEY
        return Money(number) if money else Volume(number)


def _metered_total(facts: Facts) -> int:
    if facts.meter_total is not None:
        return facts.meter_total
    return max(0, (facts.total or 0) - facts.waiting)


def _number(quantity: Quantity) -> int:
    return quantity.fen if isinstance(quantity, Money) else quantity.litres


def _changed(image: bytes, after: bytes) -> Span:
    """The one run of bytes in which two images differ; all of the digests at least."""
    differs: Sequence[int] = [
        at for at, pair in enumerate(zip(image, after, strict=True)) if pair[0] != pair[1]
    ]
    end = max(DIGESTS.stop, max(differs, default=0) + 1)
    return Span(DIGESTS.start, after[DIGESTS.start : end])
