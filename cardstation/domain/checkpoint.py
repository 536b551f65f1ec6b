"""What the centre signs: each answer, how far it has taken a chain, and leave to send again.

Both sides build the same bytes from the same facts; a checkpoint kept by the station proves
later, against the centre's own word, what was confirmed.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from cardstation.domain.ledger import Order


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The end of a station's chain as the centre has it.

    Attributes:
        epoch: The station's current epoch.
        seq, hash: The last accepted entry, 0 and `GENESIS` when none.
        nonce: Of the request it answers, so that an old answer proves nothing new.
    """

    station: str
    epoch: int
    seq: int
    hash: str
    nonce: str

    @property
    def message(self) -> bytes:
        """The bytes that are signed."""
        facts = (self.station, str(self.epoch), str(self.seq), self.hash, self.nonce)
        return _lines("cardstation checkpoint", facts)


@dataclass(frozen=True, slots=True)
class AnswerSigned:
    """One whole answer to one question: nothing of it is changed, left out or said again later.

    Attributes:
        station: Who asked.
        question: The signature of the request, which covers its nonce and what is asked.
        body: The exact bytes of the answer.
    """

    station: str
    question: bytes
    body: bytes

    @property
    def message(self) -> bytes:
        """The bytes that are signed."""
        hashes = (hashlib.sha256(one).hexdigest() for one in (self.question, self.body))
        return _lines("cardstation answer", (self.station, *hashes))


@dataclass(frozen=True, slots=True)
class RewindAsked:
    """What two people of the centre order when its books were restored from a backup.

    Attributes:
        to_seq: The last entry the books still have; said, so that nobody guesses.
        epoch: The station's epoch when it is newer than the books know, else 0.
    """

    station: str
    to_seq: int
    reason: str
    ordered_by: str
    approved_by: str
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Rewind:
    """The centre lost what it had confirmed and asks the station to send it again.

    Attributes:
        seq, hash: The last entry the centre still has; what follows is sent again.
        reason: Why, in the words of those who ordered it.
        ordered_by, approved_by: Two people of the centre.
    """

    station: str
    seq: int
    hash: str
    reason: str
    ordered_by: str
    approved_by: str

    @property
    def message(self) -> bytes:
        """The bytes that are signed."""
        facts = (self.station, str(self.seq), self.hash)
        words = (self.reason, self.ordered_by, self.approved_by)
        return _lines("cardstation rewind", (*facts, *words))


@dataclass(frozen=True, slots=True)
class OrdersTold:
    """Which paid orders wait, and who may load them until when: the centre's word to a station.

    Attributes:
        nonce: Of the request it answers.
    """

    station: str
    nonce: str
    orders: tuple[Order, ...]

    @property
    def message(self) -> bytes:
        """The bytes that are signed."""
        facts = [_said(value) for order in self.orders for value in asdict(order).values()]
        return _lines("cardstation orders", (self.station, self.nonce, *facts))


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return "" if value is None else str(value)


def _lines(title: str, facts: tuple[str, ...]) -> bytes:
    """Each fact after its length, so that no two sets of facts make the same bytes."""
    parts = (f"{len(fact.encode())}:{fact}" for fact in facts)
    return "\n".join((title, *parts)).encode()
