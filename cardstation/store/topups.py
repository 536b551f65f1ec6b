"""Top-ups and their append-only state log; a move and its log row are one commit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, text

from cardstation.domain.card import CardIdentity, WritePlan
from cardstation.domain.payment import WITHOUT_ASKING, Tender
from cardstation.domain.topup import ON_ITS_OWN_CARD, TopUp, Work
from cardstation.domain.transitions import (
    BEGINNING,
    FINAL,
    TAKEN_OFF,
    WAITS_FOR_CARD,
    Direction,
    TopUpEvent,
    TopUpState,
)
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import ensure
from cardstation.sql.asked import Asked, adding
from cardstation.store.high_water import high_water_us
from cardstation.store.journal import Journal
from cardstation.store.shifts import Shifts
from cardstation.store.tables import ON_CARD, card_load, topup, topup_log
from cardstation.store.topup_moves import LOG, Beginning, Stamp, log_row, moved_on
from cardstation.store.topup_rows import from_row, to_row


@dataclass(frozen=True, slots=True)
class LogRow:
    """One state change as it happened; `event` is None for the first.

    Attributes:
        high_water_us: The latest wall time that was on record then, microseconds since 1970.
    """

    topup_id: str
    event: TopUpEvent | None
    state: TopUpState
    seq: int | None
    reason: str
    at: datetime
    high_water_us: int


@dataclass(frozen=True, slots=True)
class OwnedCounter:
    """A sealed top-up as the owner of a purchase counter; `load_no` 0 is the first to own it."""

    maker: str
    meter_no: str
    generation: int
    counter: int
    load_no: int
    topup_id: str


def _each(states: Collection[TopUpState]) -> list[ColumnElement[Any]]:
    """States one by one, as a statement that is made once names them."""
    return [bindparam(None, state, topup.c.state.type) for state in states]


_IDENTITY = ("maker", "card_no", "meter_no", "generation")
_FOR_EVER = {
    *("no", "topup_id", "account_no", *_IDENTITY, "card_type"),
    *("batch_id", "line", "order_id", "direction", "corrects", "origin"),
}
"""Of whom and what an intent is: no move changes that, and no index is written anew."""
_STANDS = and_(topup.c.topup_id == bindparam("of"), topup.c.state == bindparam("stood"))
_MOVE = Asked(
    topup.update()
    .where(_STANDS)
    .values({one.name: bindparam(one.name) for one in topup.c if one.name not in _FOR_EVER})
)
_SEALED_SALE = (topup.c.direction == Direction.SALE, topup.c.state == TopUpState.SEALED)
_OPEN_WORK = (
    topup.c.direction == "work",
    topup.c.state.not_in(_each(FINAL[Direction.WORK])),
)
_WIPED = (Work.CLEAR.value, Work.TOOL_BACK.value)
_TOOLS = (Work.TOOL.value, Work.TOOL_BACK.value)
_NO_CLEARING = or_(topup.c.direction != "work", topup.c.reference != Work.CLEAR.value)
"""A dead card that is made a blank again is nothing of its household any more."""
_TAKEN_BACK = select(topup.c.corrects).where(
    topup.c.direction == Direction.RETURN,
    topup.c.state.in_(TAKEN_OFF),
)
_BY_ID = Asked(select(topup).where(topup.c.topup_id == bindparam("topup_id")))
_OPEN_ON = Asked(
    select(topup).where(
        *(topup.c[name] == bindparam(name) for name in _IDENTITY),
        topup.c.state.in_(_each(WAITS_FOR_CARD)),
        text(ON_CARD),  # spelt as its index spells it, so that the index is used
    )
)
_WORK_ON = Asked(
    select(topup)
    .where(topup.c.account_no == bindparam("account_no"), *_OPEN_WORK, _NO_CLEARING)
    .order_by(topup.c.no.desc())
)
_OF_LINE = Asked(
    select(topup)
    .where(
        topup.c.batch_id == bindparam("batch_id"),
        topup.c.line == bindparam("line"),
        topup.c.direction == Direction.SALE,
    )
    .order_by(topup.c.no)
)
_LOAD_KEY = and_(
    *(card_load.c[name] == bindparam(name) for name in ("maker", "meter_no", "generation")),
    card_load.c.counter == bindparam("counter"),
)
_LOADS_WITH = Asked(select(func.count()).select_from(card_load).where(_LOAD_KEY))
_OWN = adding(card_load)
"""Asked for every card: made once."""


class TopUps:
    """The top-ups of one unit of work or reading."""

    def __init__(self, connection: Connection, journal: Journal, shifts: Shifts) -> None:
        self._connection = connection
        self._journal, self._shifts = journal, shifts

    def add(self, intent: TopUp, stamp: Stamp, *, seq: int | None = None, reason: str = "") -> None:
        """Store a new intent; another station's, taken over, is armed already.

        Raises:
            Refusal: `card_already_begun`: one is open on this card, its line or its order.
        """
        begun = self.begin(intent, stamp, seq=seq, reason=reason)
        begun.store()

    def begin(
        self, intent: TopUp, stamp: Stamp, *, seq: int | None = None, reason: str = ""
    ) -> Beginning:
        """Begin a new intent that may move on before it is stored; see `add`."""
        begins = TopUpState.ARMED if intent.origin else BEGINNING[intent.direction]
        ensure(intent.state is begins, "an intent begins where its table does")
        begun = Beginning(self._connection, intent, self.high_water_us(), self._shifts.on_duty())
        begun.note(None, stamp, seq=seq, reason=reason)
        return begun

    def move(
        self,
        intent: TopUp,
        event: TopUpEvent,
        stamp: Stamp,
        *,
        seq: int | None = None,
        reason: str = "",
        plan: WritePlan | None = None,
        **frozen: Any,
    ) -> TopUp:
        """Move a top-up on and write the log row.

        Args:
            intent: The top-up as last read.
            event: What happened.
            stamp: When and by whom.
            seq: The journal entry of the same commit, None for moves that have none.
            reason: A code, for the log.
            plan: The write plan, with `PLAN_STORED`.
            **frozen: Facts that become certain with this move (`quote`, `counter_after`, …).

        Raises:
            Defect: an illegal move, or the stored state is not the one given.
        """
        moved = moved_on(intent, event, stamp, plan, frozen)
        key = {"of": intent.topup_id, "stood": intent.state}
        changed = _MOVE.write(self._connection, {**to_row(moved), **key})
        ensure(changed == 1, "the top-up stands where it was read")
        mark, clerk = self.high_water_us(), self._shifts.on_duty()
        row = log_row(moved, event, stamp, seq=seq, reason=reason, mark=mark, clerk=clerk)
        LOG.write(self._connection, row)
        return moved

    def get(self, topup_id: str) -> TopUp | None:
        """One top-up."""
        row = _BY_ID.first(self._connection, topup_id=topup_id)
        return None if row is None else from_row(row)

    def open_on(self, identity: CardIdentity) -> TopUp | None:
        """The open intent of a card, if any (R3)."""
        card = {name: getattr(identity, name) for name in _IDENTITY}
        row = _OPEN_ON.first(self._connection, **card)
        return None if row is None else from_row(row)

    def last_sealed(self, identity: CardIdentity) -> TopUp | None:
        """The load that was sealed last on a card and not taken back since.

        A card that took the place of another carries that one's last load until it has its own.
        """
        found = self._find(
            topup.c.maker == identity.maker,
            topup.c.card_no == identity.card_no,
            topup.c.meter_no == identity.meter_no,
            topup.c.generation <= identity.generation,
            *_SEALED_SALE,
            topup.c.topup_id.not_in(_TAKEN_BACK),
        )
        newest = sorted(found, key=lambda one: one.identity.generation)
        return newest[-1] if newest else None

    def last_of_account(self, account_no: str) -> TopUp | None:
        """The load that was sealed last for an account, whatever its card."""
        found = self._find(topup.c.account_no == account_no, *_SEALED_SALE)
        return found[-1] if found else None

    def live_of_account(self, account_no: str) -> tuple[TopUp, ...]:
        """Loads of an account that are sealed and were not taken back, whatever their card."""
        return self._find(
            topup.c.account_no == account_no,
            *_SEALED_SALE,
            topup.c.topup_id.not_in(_TAKEN_BACK),
        )

    def of_account(self, account_no: str) -> tuple[TopUp, ...]:
        """Every load and return of an account, and every work for it; voided ones too."""
        return self._find(topup.c.account_no == account_no, _NO_CLEARING)

    def work_on(self, account_no: str) -> TopUp | None:
        """The work on a card of this account that is begun and not done."""
        row = _WORK_ON.first(self._connection, account_no=account_no)
        return None if row is None else from_row(row)

    def open_on_own_cards(self) -> tuple[TopUp, ...]:
        """Every card of any account that is being bound, or changed, and not done."""
        return self._find(*_OPEN_WORK, topup.c.reference.in_(ON_ITS_OWN_CARD))

    def reissues_of(self, account_no: str) -> tuple[TopUp, ...]:
        """Every card that was made here in the place of another of this account, oldest first."""
        mine = topup.c.account_no == account_no, topup.c.reference == Work.REISSUE.value
        return self._find(topup.c.direction == Direction.WORK, *mine)

    def open_clearings(self) -> tuple[TopUp, ...]:
        """Every dead or tool card that is being made a blank again and is not done."""
        return self._find(*_OPEN_WORK, topup.c.reference.in_(_WIPED))

    def open_tools(self) -> tuple[TopUp, ...]:
        """Every tool card that is being made, or made a blank again, and is not done."""
        return self._find(*_OPEN_WORK, topup.c.reference.in_(_TOOLS))

    def last_taken_back(self) -> dict[str, TopUp]:
        """Account → its last load here, where that was taken off its card again."""
        back = frozenset(self._connection.scalars(_TAKEN_BACK))
        theirs = select(topup.c.account_no).where(topup.c.topup_id.in_(_TAKEN_BACK))
        sold = self._find(*_SEALED_SALE, topup.c.account_no.in_(theirs))
        last = {one.account_no: one for one in sold}
        return {no: one for no, one in last.items() if one.topup_id in back}

    def loaded_since(self, at: datetime) -> frozenset[str]:
        """Accounts for which a load was begun since then and sealed."""
        query = select(topup.c.account_no).where(*_SEALED_SALE, topup.c.opened_at >= at)
        return frozenset(self._connection.scalars(query))

    def sold_since(self, at: datetime, account_no: str = "") -> dict[str, Volume]:
        """Account → the gas that was loaded for it since then; what was taken back does not count.

        Args:
            at: From this moment on, as the load was begun.
            account_no: Only of this one; empty = of all.
        """
        sold = self._find(
            *_SEALED_SALE,
            topup.c.opened_at >= at,
            *([topup.c.account_no == account_no] if account_no else []),
            topup.c.topup_id.not_in(_TAKEN_BACK),
        )
        found: dict[str, Volume] = {}
        for one in sold:
            found[one.account_no] = found.get(one.account_no, NO_GAS) + one.bought
        return found

    def open_intents(self) -> tuple[TopUp, ...]:
        """Every open sale and return, oldest first."""
        return self._find(
            or_(
                *(
                    and_(topup.c.direction == direction, topup.c.state.not_in(FINAL[direction]))
                    for direction in Direction
                )
            )
        )

    def being_paid(self) -> tuple[TopUp, ...]:
        """Sales whose money is asked for now, about to be, or taken, and that are not armed yet.

        None of a batch, an order or gas due: nobody is asked for their money.
        """
        asked = (TopUpState.QUOTED, TopUpState.PAY_PENDING, TopUpState.PAID)
        of_sale = topup.c.direction == Direction.SALE, topup.c.tender.not_in(WITHOUT_ASKING)
        return self._find(and_(topup.c.state.in_(asked), *of_sale, text(ON_CARD)))

    def of_batch(self, batch_id: str, *, line: int = 0) -> tuple[TopUp, ...]:
        """Every load of a batch, or of one line, oldest first, voided ones too."""
        if line:
            rows = _OF_LINE.every(self._connection, batch_id=batch_id, line=line)
            return tuple(map(from_row, rows))
        return self._find(topup.c.batch_id == batch_id, topup.c.direction == Direction.SALE)

    def returns_of(self, *topup_ids: str) -> tuple[TopUp, ...]:
        """Every attempt to take these loads back, oldest first, voided ones too."""
        back = topup.c.direction == Direction.RETURN
        return self._find(back, topup.c.corrects.in_(topup_ids)) if topup_ids else ()

    def of_order(self, order_id: str, *conditions: ColumnElement[bool]) -> tuple[TopUp, ...]:
        """Live top-ups that claim an order, or draw on gas due."""
        return self._find(
            topup.c.order_id == order_id,
            topup.c.direction == Direction.SALE,
            topup.c.state.not_in((TopUpState.VOIDED, TopUpState.REFUNDED)),
            *conditions,
        )

    def drawn_from(self, due_id: str) -> tuple[TopUp, ...]:
        """Loads that draw on gas due; what was taken off its card again is due once more."""
        return self.of_order(due_id, topup.c.topup_id.not_in(_TAKEN_BACK))

    def emergencies(self) -> tuple[TopUp, ...]:
        """Loads of emergency gas begun here that their households owe for."""
        return self._find(
            topup.c.tender == Tender.EMERGENCY,
            topup.c.direction == Direction.SALE,
            topup.c.origin == "",
            topup.c.state.not_in((TopUpState.VOIDED, TopUpState.REFUNDED)),
            topup.c.topup_id.not_in(_TAKEN_BACK),
        )

    def every(self) -> tuple[TopUp, ...]:
        """All top-ups, oldest first."""
        return self._find(topup.c.topup_id != "")

    def log(self, topup_id: str = "") -> tuple[LogRow, ...]:
        """State changes of one top-up, or of all, in the order they happened."""
        query = select(topup_log).order_by(topup_log.c.no)
        if topup_id:
            query = query.where(topup_log.c.topup_id == topup_id)
        return tuple(
            LogRow(
                *(row.topup_id, row.event, row.state, row.seq, row.reason, row.at),
                high_water_us=row.high_water_us,
            )
            for row in self._connection.execute(query)
        )

    def agreed_by(self, topup_id: str) -> str:
        """The second person who agreed as it was begun, empty where nobody had to."""
        query = select(topup_log.c.approver).where(topup_log.c.topup_id == topup_id)
        return self._connection.execute(query.order_by(topup_log.c.no).limit(1)).scalar() or ""

    def begun_by(self, topup_id: str) -> str:
        """The clerk who began a top-up or return, empty when it is not on file."""
        query = select(topup_log.c.clerk).where(topup_log.c.topup_id == topup_id)
        return self._connection.execute(query.order_by(topup_log.c.no).limit(1)).scalar() or ""

    def high_water_us(self) -> int:
        """The latest wall time anything was recorded at, microseconds since 1970."""
        return high_water_us(self._connection, self._journal)

    def own_load(self, intent: TopUp) -> int:
        """Enter a sealed top-up as the owner of its counter; returns its load number, 0 = sale."""
        identity = intent.identity
        owned = {
            "maker": identity.maker,
            "meter_no": identity.meter_no,
            "generation": identity.generation,
            "counter": intent.counter_after,
        }
        load_no: int
        [load_no] = _LOADS_WITH.first(self._connection, **owned)
        own = {**owned, "load_no": load_no, "topup_id": intent.topup_id}
        _OWN.write(self._connection, own)
        return load_no

    def loads(self) -> tuple[OwnedCounter, ...]:
        """Who owns which purchase counter, all of them."""
        rows = self._connection.execute(select(card_load))
        return tuple(OwnedCounter(**row._asdict()) for row in rows)

    def _find(self, *conditions: ColumnElement[bool]) -> tuple[TopUp, ...]:
        query = select(topup).where(*conditions).order_by(topup.c.no)
        return tuple(map(from_row, self._connection.execute(query)))
