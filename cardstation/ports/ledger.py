"""The central ledger as a station sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from cardstation.domain.board_told import BoardTold
from cardstation.domain.ledger import Entry, Order
from cardstation.domain.offline_grant import GrantTold


@dataclass(frozen=True, slots=True)
class SignedGrant:
    """An offline grant and the centre's signature over it, hex, empty where it does not sign."""

    told: GrantTold
    signature: str = ""


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """What the ledger has of this station.

    Attributes:
        last_seq: Highest accepted sequence number, 0 = none.
        last_hash: Hash of that entry (hex), `GENESIS` when none.
        nonce: To be signed with the next batch.
        status: `active`, `suspended` or `revoked`.
        resend: The ledger lost what follows `last_seq` and asks for it again, signed by its key
            and ordered by two people there; without that nothing it confirmed may be missing.
        grant: What this station may load before the ledger hears of it; None = nobody there said.
    """

    epoch: int
    last_seq: int
    last_hash: str
    nonce: str
    status: str = "active"
    resend: bool = False
    grant: SignedGrant | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class LedgerException:
    """A business conflict of one accepted entry: posted to suspense, for a human.

    Attributes:
        other: entry_id of the fact that stands against it (the load that owns the counter, the
            first seal of the same load), empty when none does. Of a `counter_gap` the evidence:
            SHA-256 of the card's image that shows a purchase the ledger does not know.
    """

    seq: int
    code: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """The centre's word on an acknowledgement; all empty for a ledger that does not sign."""

    epoch: int = 0
    nonce: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Ack:
    """Cumulative acknowledgement.

    Attributes:
        exceptions: Of every entry from the first one sent up to `acked_seq`.
        totals: Fen per posting account class as the ledger holds them for this station.
        checkpoint: The centre's signature (hex) over what it confirms, with the epoch and the
            nonce that are signed too; kept as evidence, checked before anything is stored.
    """

    acked_seq: int
    acked_hash: str
    exceptions: tuple[LedgerException, ...]
    nonce: str
    totals: dict[str, int]
    checkpoint: SignedCheckpoint = field(default=SignedCheckpoint(), compare=False)


class Ledger(Protocol):
    """The utility's double-entry truth, over a network that may fail at any point.

    Raises (every method):
        LedgerUnreachable: no answer; what was sent may have arrived: send again.
        LedgerRefused: gap, fork, epoch, revoked, bad signature (codes); `ledger_signature_bad`
            when the answer is not signed by the centre this station enrolled at.
    """

    def head(self) -> LedgerHead:
        """What the ledger has of this station."""

    def hurried(self) -> Ledger | None:
        """This line with little patience, for what must not wait; None while a failure rests."""

    def push(self, entries: Sequence[bytes], nonce: str) -> Ack:
        """Send entries (their exact bytes), in order, following `head().last_seq`."""

    def loads_of(self, card_no: str) -> tuple[Entry, ...]:
        """What decides the intents of one card, of every station, oldest first.

        Armed, sealed, not_loaded, returned, not_returned, elsewhere and refunded entries, and those
        of works on the card (card_armed, card_written, card_given_up); and account_closed.
        """

    def bag_steps(self, seal_no: str) -> tuple[Entry, ...]:
        """Every step of the batch whose bag has this seal, of whichever station, oldest first.

        With them hand-overs under it that stations without the list recorded; their subject is the
        seal. Empty: no hand-over under this seal has reached the ledger.
        """

    def sealed_hand_overs(self, first: str, last: str) -> tuple[Entry, ...]:
        """Hand-overs that stations without the list recorded, by seal from one number to another.

        At most 2 000, of the highest numbers.
        """

    def invoice_of(self, receipt_no: str) -> str:
        """Number of the tax invoice that stands for this station's receipt; empty = none."""

    def entries_after(self, seq: int) -> tuple[bytes, ...]:
        """This station's own entries after a number, exact bytes, oldest first, a few hundred."""

    def new_epoch(self, *, last_seq: int, last_hash: str, clerk: str, approver: str) -> LedgerHead:
        """Begin this station's next epoch after a restore; asked again, it is the same one.

        Raises:
            LedgerRefused: also `two_persons_needed`, `ledger_ahead`, `ledger_fork`.
        """

    def orders(self) -> tuple[Order, ...]:
        """Paid orders that wait, whoever holds them.

        Where this station has nothing unsent, its leases that are over end with this question.
        """

    def lease_order(self, order_id: str) -> Order:
        """Have this station alone load an order for a while, also offline; again is harmless.

        Raises:
            LedgerRefused: also `order_not_waiting`, `order_leased_elsewhere`,
                `order_holder_silent`.
        """

    def release_order(self, order_id: str) -> Order:
        """Give this station's lease of an order back; again is harmless.

        Raises:
            LedgerRefused: also `order_not_waiting`.
        """

    def tell_board(self, told: BoardTold) -> datetime | None:
        """Say what the centre's board shows of this station; the newest word holds.

        Returns:
            Until when the centre has heard of every reading, None = of none yet.
        """
