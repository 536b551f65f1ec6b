"""What a maker's library says of a card, and how that is kept as the image the station journals.

A library shows no bytes of the card, so the image is a statement of facts: a head that names the
library, three digests of what the desk may change, and the facts themselves. A verdict is taken in
the digests only. Each is of one thing as a whole, so an image shows old or new and nothing between
by chance; what is neither is not ours to finish.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import datetime

from cardstation.domain.meter import CounterSchool
from cardstation.domain.topup import NO_MARK

HEAD = range(0x20)
DIGESTS = range(0x20, 0x50)
STATEMENT = range(0x50, 0x180)
SIZE = STATEMENT.stop
_MAGIC = b"card facts 1"
_DIGEST = 16
_TIMES = ("at", "written_at")


@dataclass(frozen=True, slots=True)
class Facts:
    """One card as its maker's library tells it. Amounts are litres or fen, by the card's kind.

    Attributes:
        quantity: The load on the card. counter: Purchase counter, 0 where the maker has none.
        total: Everything ever bought, None where the library does not say.
        taken: The card's own flag that the meter took the load; None = it has no such flag.
        meter_counter, meter_total: As the meter wrote them back; None = the library does not say.
        residual: What was left in the meter, None = not told. used: litres since installation.
        at: When the load was written. written_at: When the meter wrote back.
        opening: The card has not met its meter yet.
        insertion: Names the insertion, only for makers whose cards prove nothing once they were
            away (no counter, no total); empty for all others.
    """

    card_no: str
    account_no: str
    meter_no: str
    generation: int = 0
    quantity: int = 0
    counter: int = 0
    total: int | None = None
    taken: bool | None = None
    meter_counter: int | None = None
    meter_total: int | None = None
    residual: int | None = None
    used: int = 0
    error: int = 0
    flags: tuple[str, ...] = ()
    hoard: int | None = None
    at: datetime | None = None
    written_at: datetime | None = None
    opening: bool = False
    insertion: str = ""

    @property
    def waiting(self) -> int:
        """The load on the card, unless the meter says that it took it."""
        if self.taken or (self.meter_counter or 0) >= max(1, self.counter):
            return 0
        taken = self.meter_total is not None and self.meter_total >= (self.total or 0)
        return 0 if taken else self.quantity


def load_mark_of(facts: Facts, school: CounterSchool) -> bytes:
    """Four bytes that name the last load by what its meter counts: no card says who wrote it.

    A maker that counts nothing has a new name at every insertion.
    """
    if school is CounterSchool.NONE:
        return _mark(facts.insertion, facts.quantity)
    return _mark(*_counted(facts.counter, facts.total, facts))


def taken_mark_of(facts: Facts, school: CounterSchool) -> bytes:
    """The name of the load that the meter itself says it took last, nothing when it says nothing.

    It follows from the meter's own words alone, so a desk that loads or clears cannot change it;
    a card that is merely empty proves nothing.
    """
    if school is CounterSchool.NONE:
        return NO_MARK
    if facts.meter_counter is not None or facts.meter_total is not None:
        return _mark(*_counted(facts.meter_counter, facts.meter_total, facts))
    flagged = facts.taken is True and facts.quantity > 0
    return _mark(facts.counter, facts.total) if flagged else NO_MARK


def _counted(counter: int | None, total: int | None, facts: Facts) -> tuple[object, ...]:
    """What a load is named by: as much as the meter of this library writes back."""
    if facts.meter_counter is not None:
        return ("counter", counter)
    return ("total", total) if facts.meter_total is not None else (counter, total)


def _mark(*named: object) -> bytes:
    return _digest("load", *named)[: len(NO_MARK)]


def image_of(facts: Facts, library: str, *, adds: bool) -> bytes:
    """The image of a statement of facts.

    Args:
        facts: What the library said, or shall say after a load.
        library: Its name.
        adds: The library adds a load to what is there: nothing half-done may ever be repeated, so
            all three digests are of everything. One that overwrites can be called again with the
            same values over a card that shows some of them; but no gas under a new counter is what
            a meter leaves behind, too, so there the counter is part of the quantity.
    """
    whole = (facts.card_no, facts.account_no, facts.meter_no, facts.generation, facts.insertion)
    settled = () if facts.quantity else (facts.counter, facts.total)
    parts: tuple[tuple[object, ...], ...] = (
        ("quantity", *whole, facts.quantity, facts.taken, *settled),
        ("counter", *whole, facts.counter),
        ("total", *whole, facts.total),
    )
    if adds:
        parts = tuple((*parts[0], *parts[1], *parts[2], place) for place in range(3))
    digests = b"".join(_digest(*part) for part in parts)
    told = json.dumps(_plain(facts), ensure_ascii=False, separators=(",", ":")).encode()
    return _head(library) + digests + told.ljust(len(STATEMENT), b"\x00")[: len(STATEMENT)]


def blank_of(library: str) -> bytes:
    """The image of a card on which a library finds nothing yet."""
    return _head(library).ljust(SIZE, b"\xff")


def facts_in(image: bytes, library: str) -> Facts | None:
    """The facts of an image, None when it is of no or another library."""
    if len(image) != SIZE or image[: HEAD.stop] != _head(library):
        return None
    told = image[STATEMENT.start : STATEMENT.stop].rstrip(b"\x00")
    try:
        values = dict(zip((one.name for one in fields(Facts)), json.loads(told), strict=True))
    except ValueError:
        return None
    for name in _TIMES:
        if values[name] is not None:
            values[name] = datetime.fromisoformat(values[name])
    return Facts(**{**values, "flags": tuple(values["flags"])})


def fits(facts: Facts) -> bool:
    """True when the statement of these facts has room in an image."""
    return len(json.dumps(_plain(facts), ensure_ascii=False).encode()) <= len(STATEMENT)


def _plain(facts: Facts) -> list[object]:
    values = [getattr(facts, one.name) for one in fields(Facts)]
    return [one.isoformat() if isinstance(one, datetime) else one for one in values]


def _head(library: str) -> bytes:
    named = _MAGIC + hashlib.sha256(library.encode()).digest()[:_DIGEST]
    return named.ljust(HEAD.stop, b"\x00")


def _digest(*told: object) -> bytes:
    return hashlib.sha256(repr(told).encode()).digest()[:_DIGEST]
