"""Makes one list of what is open: each thing with its guide, owner, age and deadline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from cardstation.domain.exception_case import (
    END_OF_SHIFT,
    Act,
    Guide,
    Kind,
    due_at,
    is_overdue,
)
from cardstation.domain.guides import NOT_ON_FILE, PASSED, guide_of
from cardstation.domain.money import Money
from cardstation.errors import Value
from cardstation.services.intent.opened import OpenIntent
from cardstation.services.orders_state import WaitingOrder
from cardstation.services.sync_state import SyncState


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is looked at.

    Attributes:
        shift_since: When the open shift began, or the last one ended; None = there was none.
    """

    now: datetime
    shift_since: datetime | None


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that waits.

    Attributes:
        key: Id of the intent, or what else tells it from the others.
        code: Why. who: Name and door.
        opened_by: The clerk on duty when it opened. owner: Who has to act: the clerk who signed for
            it last, else who opened it. Empty = see the step.
        since, age_min: None where the beginning is not known. due: None = at the shift's end.
        place: Of the line, 0 for everything else. seq: Of the entry. values: For its sentence.
    """

    kind: Kind
    key: str
    code: str
    guide: Guide
    who: str = ""
    card_no: str = ""
    batch_id: str = ""
    row: int = 0
    place: int = 0
    money: Money | None = None
    since: datetime | None = None
    age_min: int | None = None
    due: datetime | None = None
    overdue: bool = False
    owner: str = ""
    opened_by: str = ""
    state: str = ""
    direction: str = ""
    origin: str = ""
    tender: str = ""
    meter_no: str = ""
    seq: int = 0
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def actions(self) -> tuple[Act, ...]:
        """What can be done about it by people, without the card starting it."""
        return tuple(one for one in self.guide.now if one is not Act.CARD)

    @property
    def intent_id(self) -> str:
        """Of the sale or return it is about."""
        return str(self.values.get("intent_id", self.key))

    @property
    def until_shift_ends(self) -> bool:
        """Its deadline is the end of the shift."""
        return self.guide.hours == END_OF_SHIFT

    @property
    def waits_here(self) -> bool:
        """Somebody at this desk has to act; an entry the ledger put aside waits for the centre."""
        return self.kind is not Kind.ENTRY


def case(
    kind: Kind,
    code: str,
    moment: Moment,
    *,
    since: datetime | None = None,
    direction: str = "",
    state: str = "",
    **known: object,
) -> Case:
    """One case; `known` are the other attributes of `Case`."""
    guide = guide_of(kind, code, direction=direction, state=state)
    age_s = None if since is None else (moment.now - since).total_seconds()
    return Case(
        kind=kind,
        code=code,
        guide=guide,
        since=since,
        age_min=None if age_s is None else max(0, int(age_s // 60)),
        due=due_at(guide, since),
        overdue=is_overdue(guide, since, now=moment.now, shift_since=moment.shift_since),
        direction=direction,
        state=state,
        **known,  # type: ignore[arg-type]  # named as the attributes
    )


def worst_first(cases: Iterable[Case]) -> tuple[Case, ...]:
    """What stops the whole station, then what is overdue, then by harm, the oldest first.

    What the centre looks at comes last: no clerk can end it.
    """
    return tuple(
        sorted(
            cases,
            key=lambda one: (
                one.kind is not Kind.VERDICT,
                not one.waits_here,
                not one.overdue,
                one.guide.rank,
                -(one.age_min or 0),
            ),
        )
    )


def of_intent(one: OpenIntent, moment: Moment, who: str = "") -> Case:
    """Something open on this station's records."""
    return case(
        Kind.INTENT,
        one.code,
        moment,
        key=one.intent_id,
        who=who,
        card_no=one.card_no,
        batch_id=one.batch_id,
        row=one.row,
        money=one.money,
        since=one.since,
        opened_by=one.owner,
        state=one.state,
        direction=one.direction,
        origin=one.origin,
        tender=one.tender.value,
        meter_no=one.meter_no,
    )


def of_order(one: WaitingOrder, moment: Moment) -> Case:
    """A paid order that cannot be loaded as it stands, or that nobody came for in time.

    When an order is old the caller has judged; one that was sold past is a case at once, of the
    clerk who did it.
    """
    found = case(
        Kind.ORDER,
        "order_passed" if one.passed else "order_old",
        moment,
        key=one.order.order_id,
        who=f"{one.name}  {one.door}",
        card_no=one.card_no,
        state=PASSED if one.passed else one.holder.value,
        money=Money(one.order.fen),
        since=one.passed_at or one.order.paid_at,
        opened_by=one.passed_by,
        values={"order_id": one.order.order_id, "days": one.days},
    )
    return found if one.passed and not one.warns else replace(found, due=None, overdue=True)


def of_orders_elsewhere(orders: Sequence[WaitingOrder], moment: Moment) -> list[Case]:
    """Old orders of households that are not on file here: one case for all of them."""
    if not orders:
        return []
    days = [one.days for one in orders if one.days is not None]
    found = case(
        Kind.ORDER,
        "orders_not_on_file",
        moment,
        key="orders not on file",
        state=NOT_ON_FILE,
        money=Money(sum(one.order.fen for one in orders)),
        since=min((one.order.paid_at for one in orders if one.order.paid_at), default=None),
        values={"count": len(orders), "days": max(days, default=None)},
    )
    return [replace(found, due=None, overdue=True)]


def of_sync(
    found: SyncState, moment: Moment, written: Mapping[int, datetime | None] | None = None
) -> list[Case]:
    """What the ledger says: its verdict on this station, and the entries it put aside.

    Args:
        found: As `sync_state` says.
        moment: Now.
        written: When each of those entries was written, by its number.
    """
    code = found.verdict
    cases = [case(Kind.VERDICT, code, moment, key=code)] if code else []
    for one in found.exceptions:
        since = (written or {}).get(one.seq)
        key = f"entry {one.seq}"
        values = {"evidence": one.other}
        cases.append(
            case(Kind.ENTRY, one.code, moment, key=key, seq=one.seq, since=since, values=values)
        )
    return cases
