"""Clerks in versions, tries of their PINs, approvals, and shifts: opened, counted, closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    Table,
    Text,
    and_,
    bindparam,
    func,
    select,
)

from cardstation.domain.money import Money
from cardstation.domain.shift import Clerk, Role, Shift, ShiftClose
from cardstation.sql.asked import Asked, newest
from cardstation.sql.types import Fen, Instant
from cardstation.store.frozen import freeze, thaw
from cardstation.store.tables import metadata

PRESENTED = "presented"
ACCEPTED = "accepted"
RENEWED = "renewed"

clerk = Table(
    "clerk",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("name", Text, nullable=False, index=True),
    Column("display", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("active", Integer, nullable=False),
    Column("pin_hash", Text, nullable=False),
    Column("approver", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

pin_try = Table(
    "pin_try",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("name", Text, nullable=False, index=True),
    Column("event", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("boot_id", Text, nullable=False),
    Column("monotonic_ns", Integer, nullable=False),
)

approval = Table(
    "approval",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("approver", Text, nullable=False),
    Column("clerk", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

shift_open = Table(
    "shift_open",
    metadata,
    Column("shift_id", Text, primary_key=True),
    Column("follows", Text, nullable=False, unique=True),
    Column("clerk", Text, nullable=False),
    Column("frozen", Text, nullable=False),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False, unique=True),
)

shift_count = Table(
    "shift_count",
    metadata,
    Column("shift_id", Text, ForeignKey("shift_open.shift_id"), primary_key=True),
    Column("counted", Fen, nullable=False),
    Column("at", Instant, nullable=False),
)

shift_close = Table(
    "shift_close",
    metadata,
    Column("shift_id", Text, ForeignKey("shift_count.shift_id"), primary_key=True),
    Column("frozen", Text, nullable=False),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False, unique=True),
)

APPEND_ONLY: tuple[Table, ...] = (clerk, pin_try, approval, shift_open, shift_count, shift_close)


@dataclass(frozen=True, slots=True)
class PinTry:
    """A PIN as it was presented: when, by both clocks."""

    at: datetime
    boot_id: str
    monotonic_ns: int


@dataclass(frozen=True, slots=True)
class Pair:
    """How often one person approved for another in a month (`2026-11`).

    Attributes:
        clerk: Who was on duty, empty when nobody was; of a reset, whose PIN it was.
        resets: How often the approver set a new PIN for the clerk.
    """

    month: str
    clerk: str
    approver: str
    count: int
    resets: int = 0


@dataclass(frozen=True, slots=True)
class OpenedShift:
    """A shift and its entry in the journal."""

    shift: Shift
    seq: int


class Shifts:
    """Clerks and shifts of one unit of work or reading; the open shift is looked up once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._looked = False
        self._current: OpenedShift | None = None

    def put_clerk(self, person: Clerk, *, pin_hash: str, approver: str, at: datetime) -> None:
        """Store a clerk, or the next version of one."""
        self._connection.execute(
            clerk.insert(),
            {
                "name": person.name,
                "display": person.display,
                "roles": ",".join(sorted(person.roles)),
                "active": int(person.active),
                "pin_hash": pin_hash,
                "approver": approver,
                "at": at,
            },
        )

    def clerks(self) -> tuple[Clerk, ...]:
        """Every clerk as of now, those no longer active too, by name."""
        latest = select(func.max(clerk.c.no)).group_by(clerk.c.name)
        rows = self._connection.execute(select(clerk).where(clerk.c.no.in_(latest)))
        return tuple(sorted(map(_clerk, rows), key=lambda one: one.name))

    def has_clerks(self) -> bool:
        """Whether a clerk was ever added."""
        return _ANY_CLERK.first(self._connection) is not None

    def clerk(self, name: str) -> tuple[Clerk, str] | None:
        """A clerk as of now, with the hash of the PIN."""
        query = select(clerk).where(clerk.c.name == name).order_by(clerk.c.no.desc()).limit(1)
        row = self._connection.execute(query).first()
        return None if row is None else (_clerk(row), row.pin_hash)

    def pin_is_given(self, name: str) -> bool:
        """Whether a supervisor set the PIN a clerk has now, and the clerk has not changed it."""
        given = ""
        for row in self._new_pins():
            given = row.approver if row.name == name else given
        return bool(given)

    def _new_pins(self) -> Iterator[Row[Any]]:
        """Every version of a clerk that brought another PIN, oldest first."""
        kept: dict[str, str] = {}
        month = func.substr(clerk.c.at, 1, 7, type_=Text).label("month")
        for row in self._connection.execute(select(clerk, month).order_by(clerk.c.no)):
            if kept.get(row.name, row.pin_hash) != row.pin_hash:
                yield row
            kept[row.name] = row.pin_hash

    def note_pin(self, name: str, event: str, tried: PinTry) -> None:
        """Log that a PIN was presented, accepted or renewed."""
        self._connection.execute(
            pin_try.insert(),
            {
                "name": name,
                "event": event,
                "at": tried.at,
                "boot_id": tried.boot_id,
                "monotonic_ns": tried.monotonic_ns,
            },
        )

    def wrong_tries(self, name: str) -> tuple[PinTry, ...]:
        """PINs presented since the last one that was accepted or renewed, oldest first."""
        query = select(pin_try).where(pin_try.c.name == name).order_by(pin_try.c.no.desc())
        found: list[PinTry] = []
        for row in self._connection.execute(query):
            if row.event != PRESENTED:
                break
            found.append(PinTry(row.at, row.boot_id, row.monotonic_ns))
        return tuple(reversed(found))

    def note_approval(self, approver: str, *, clerk: str, at: datetime) -> None:
        """Log that one person approved for another."""
        self._connection.execute(
            approval.insert(), {"approver": approver, "clerk": clerk, "at": at}
        )

    def pairs(self) -> tuple[Pair, ...]:
        """Approvals and PINs set anew per month and pair, the latest month first."""
        month = func.substr(approval.c.at, 1, 7, type_=Text).label("month")
        query = select(month, approval.c.clerk, approval.c.approver)
        counts = Counter((row[0], row[1], row[2]) for row in self._connection.execute(query))
        resets = Counter(
            (row.month, row.name, row.approver) for row in self._new_pins() if row.approver
        )
        found = [
            Pair(month=at, clerk=whose, approver=by, count=counts[key], resets=resets[key])
            for key in counts.keys() | resets.keys()
            for at, whose, by in (key,)
        ]
        found.sort(key=lambda one: (one.clerk, one.approver))
        return tuple(sorted(found, key=lambda one: one.month, reverse=True))

    def open_shift(self, opened: Shift, *, seq: int) -> None:
        """Store a shift that was opened; it follows the one before, and only one can."""
        last = self.last()
        self._looked = False
        self._connection.execute(
            shift_open.insert(),
            {
                "shift_id": opened.shift_id,
                "follows": "" if last is None else last.shift.shift_id,
                "clerk": opened.clerk,
                "frozen": freeze(opened),
                "seq": seq,
            },
        )

    def count(self, shift_id: str, counted: Money, *, at: datetime) -> None:
        """Store the count of a shift, once."""
        self._connection.execute(
            shift_count.insert(), {"shift_id": shift_id, "counted": counted, "at": at}
        )

    def close_shift(self, closed: ShiftClose, *, seq: int) -> None:
        """Store that a counted shift was closed, once."""
        self._looked = False
        self._connection.execute(
            shift_close.insert(),
            {"shift_id": closed.shift_id, "frozen": freeze(closed), "seq": seq},
        )

    def on_duty(self) -> str:
        """The clerk of the open shift, empty when none is open."""
        current = self.current()
        return "" if current is None else current.shift.clerk

    def current(self) -> OpenedShift | None:
        """The open shift."""
        if not self._looked:
            row = _CURRENT.first(self._connection)
            self._current, self._looked = None if row is None else _opened(row), True
        return self._current

    def last(self) -> OpenedShift | None:
        """The latest shift, open or closed."""
        query = select(shift_open).order_by(shift_open.c.seq.desc()).limit(1)
        row = self._connection.execute(query).first()
        return None if row is None else _opened(row)

    def counted(self, shift_id: str) -> Money | None:
        """What was counted at the end of a shift, None before."""
        row = _COUNTED.first(self._connection, shift_id=shift_id)
        return None if row is None else row.counted

    def last_close(self) -> ShiftClose | None:
        """The latest shift that was closed."""
        query = select(shift_close.c.frozen).order_by(shift_close.c.seq.desc()).limit(1)
        frozen = self._connection.execute(query).scalar()
        return None if frozen is None else thaw(ShiftClose, frozen)

    def latest_first(self) -> Iterator[tuple[Shift, ShiftClose | None]]:
        """Shifts with how each was closed, None while it is open; read one by one."""
        query = (
            select(shift_open.c.frozen, shift_close.c.frozen.label("closed"))
            .join(shift_close, shift_close.c.shift_id == shift_open.c.shift_id, isouter=True)
            .order_by(shift_open.c.seq.desc())
        )
        for row in self._connection.execute(query):
            closed = None if row.closed is None else thaw(ShiftClose, row.closed)
            yield thaw(Shift, row.frozen), closed

    def every_opened(self) -> dict[int, Shift]:
        """All shifts by the entry of their opening."""
        rows = self._connection.execute(select(shift_open).order_by(shift_open.c.seq))
        return {row.seq: thaw(Shift, row.frozen) for row in rows}

    def every_closed(self) -> dict[int, ShiftClose]:
        """All closed shifts by the entry of their closing."""
        rows = self._connection.execute(select(shift_close).order_by(shift_close.c.seq))
        return {row.seq: thaw(ShiftClose, row.frozen) for row in rows}

    def every_count(self) -> dict[str, Money]:
        """All counts by shift."""
        rows = self._connection.execute(select(shift_count))
        return {row.shift_id: row.counted for row in rows}


def _still_open() -> Any:
    """The latest shift, unless it was closed: asked at every entry, so no walk over old ones."""
    latest = shift_open.c.seq == select(func.max(shift_open.c.seq)).scalar_subquery()
    closed = select(shift_close.c.shift_id).where(shift_close.c.shift_id == shift_open.c.shift_id)
    return and_(latest, ~closed.exists())


def _clerk(row: Row[Any]) -> Clerk:
    roles = frozenset(Role(role) for role in row.roles.split(",") if role)
    return Clerk(row.name, row.display, roles, bool(row.active))


def _opened(row: Row[Any]) -> OpenedShift:
    return OpenedShift(thaw(Shift, row.frozen), row.seq)


_CURRENT = Asked(select(shift_open).where(_still_open()))
_ANY_CLERK = Asked(select(clerk.c.no).where(newest(clerk.c.no)))
_COUNTED = Asked(
    select(shift_count.c.counted).where(shift_count.c.shift_id == bindparam("shift_id"))
)
"""Asked for every card: made once."""
