"""What a gas card carries, in the trade's words, and how an image is judged after a tear.

Images are the whole main memory of the chip as `bytes`; spans are (address, bytes).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cardstation.domain.money import Money
from cardstation.domain.volume import Volume

Quantity = Volume | Money


class CardType(StrEnum):
    """The life of a card: opening cards bind to a meter at their first insertion."""

    OPENING = "opening"
    USER = "user"
    REISSUE = "reissue"


@dataclass(frozen=True, slots=True)
class CardIdentity:
    """Who a card is: maker + area + card number + meter, never the number alone.

    Attributes:
        maker: Maker + area code, four characters, e.g. `"CS01"`.
        generation: Reissue count, 0 for the first card of a household.
    """

    maker: str
    card_type: CardType
    card_no: str
    account_no: str
    meter_no: str
    generation: int


@dataclass(frozen=True, slots=True)
class Credit:
    """One credit slot as the desk wrote it.

    Attributes:
        quantity: The load, a volume or an amount; zero after a clearing.
        purchase_counter: The counter the meter's school looks at.
        cumulative: Everything ever loaded for this meter, same unit as `quantity`.
        mark: Four bytes of the SHA-256 of the intent that wrote it: whose load this is.
        sequence: One-byte slot sequence, 0–255, wrapping; not the counter.
    """

    quantity: Quantity
    purchase_counter: int
    cumulative: Quantity
    loaded_at: datetime
    station_no: int
    mark: bytes
    sequence: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What the meter enforces: alarm level, hoard limit and overdraft (same unit as the load)."""

    alarm: Quantity
    hoard: Quantity
    overdraft: Quantity


@dataclass(frozen=True, slots=True)
class PriceStep:
    """One tier of a money meter: up to `to_m3` (None = no end), price in 0.0001 yuan per m³."""

    to_m3: int | None
    price_e4: int


@dataclass(frozen=True, slots=True)
class PriceBlock:
    """The price scheme a money meter believes."""

    scheme: int
    steps: tuple[PriceStep, ...]


@dataclass(frozen=True, slots=True)
class ReturnBlock:
    """What the meter wrote back: the proof of what it took.

    Attributes:
        purchase_counter: The meter's own counter.
        taken_mark: Mark of the last load it credited (four zero bytes when none yet).
        residual: What is left in the meter.
        cumulative: Everything it ever credited.
        used: Gas used since installation.
        flags: Words of the trade: `low_battery`, `magnet`, `valve_closed`, `over_age`, …
        error: The meter's last error number, 0 = none.
    """

    meter_no: str
    purchase_counter: int
    taken_mark: bytes
    residual: Quantity
    cumulative: Quantity
    used: Volume
    flags: frozenset[str]
    error: int
    written_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class CardContent:
    """Everything a layout reads from an image.

    `credit` is None when no slot is valid; `returned` is None when the meter's block is not
    readable: then nothing may be sold to this card and nothing paid back.
    """

    identity: CardIdentity
    credit: Credit | None
    limits: Limits
    price: PriceBlock | None
    returned: ReturnBlock | None

    @property
    def pending(self) -> Quantity | None:
        """The load the meter has not taken yet, or None."""
        if self.credit is None or self.returned is None or not self.credit.quantity:
            return None
        return None if self.returned.taken_mark == self.credit.mark else self.credit.quantity


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes to stand at an address; written in ascending order."""

    address: int
    data: bytes

    @property
    def end(self) -> int:
        """The first address after the span."""
        return self.address + len(self.data)


@dataclass(frozen=True, slots=True)
class WritePlan:
    """One operation on a card: the image before, and spans in the order they are written.

    Attributes:
        owned: Desk-owned ranges in which the verdict is taken; the meter owns its return block.
    """

    before: bytes
    spans: tuple[Span, ...]
    owned: tuple[range, ...]

    @property
    def target(self) -> bytes:
        """The image after a complete write."""
        image = bytearray(self.before)
        for span in self.spans:
            image[span.address : span.end] = span.data
        return bytes(image)

    @property
    def look(self) -> str:
        """What the desk's own bytes were and shall be, SHA-256 in hex.

        Two loads with one look cannot be told apart by their card. A load that is sold once more
        after a return has another: it begins on the cleared card.
        """
        both = (
            image[one.start : one.stop]
            for image in (self.before, self.target)
            for one in self.owned
        )
        return hashlib.sha256(b"".join(both)).hexdigest()


class Witness(StrEnum):
    """What an image proves about a plan."""

    BEFORE = "before"
    TARGET = "target"
    TORN = "torn"
    FOREIGN = "foreign"


def judge(
    plan_before: bytes,
    plan_target: bytes,
    owned: Sequence[range],
    seen: bytes,
    smears: Sequence[range] = (),
) -> Witness:
    """Say which state of a plan an image shows, looking at the desk-owned ranges only.

    TORN: outside what the plan changes the image is as before; each changed byte is old, erased
    (FF), new, or between them (a torn erase only sets bits, a torn program only clears them:
    reference cards 7.4). What a chip changes as one, a tear may disturb as one: in a range of
    `smears` that the plan changes anywhere, an unchanged byte may be between old and FF, too.
    FOREIGN: anything else; not our tear.
    """
    places = [address for span in owned for address in span]
    if all(seen[a] == plan_target[a] for a in places):
        return Witness.TARGET
    if all(seen[a] == plan_before[a] for a in places):
        return Witness.BEFORE
    changed = [one for one in smears if _differ(plan_before, plan_target, one)]
    smeared = frozenset(address for one in changed for address in one)
    if all(_torn(plan_before[a], plan_target[a], seen[a], a in smeared) for a in places):
        return Witness.TORN
    return Witness.FOREIGN


def _differ(before: bytes, target: bytes, where: range) -> bool:
    return before[where.start : where.stop] != target[where.start : where.stop]


def _torn(old: int, new: int, seen: int, smeared: bool) -> bool:
    if old == new and not smeared:
        return seen == old
    erasing = seen & old == old
    programming = seen & new == new
    return erasing or programming
