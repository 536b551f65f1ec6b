"""Says what has not reached the central ledger yet; asks nobody."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from cardstation.domain.offline_limit import OfflineQuota
from cardstation.errors import Refusal
from cardstation.ports.ledger import LedgerException
from cardstation.services.grant_state import GrantState, grant_state
from cardstation.services.intent.anchoring import anchor_problem
from cardstation.services.offline_quota import offline_quota
from cardstation.services.station import Station
from cardstation.store.journal import StoredEntry


@dataclass(frozen=True, slots=True)
class SyncState:
    """How far the ledger has confirmed this station's journal.

    Attributes:
        unsent: Entries without an acknowledgement.
        oldest_min: Age of the oldest of them in whole minutes, 0 when none.
        acked_seq: Highest acknowledged sequence number; everything up to it is posted.
        verdict: Why selling stopped (`ledger_ahead`, `ledger_fork`, …), empty = in agreement.
        exceptions: Entries the ledger posted to suspense, for a human.
        configured: There is a ledger at all.
        quota: What is left of the desk's own offline ceiling; None = there is none.
        grant: What is left of what the ledger grants; None = it never spoke of a grant.
    """

    unsent: int
    oldest_min: int
    acked_seq: int
    verdict: str
    exceptions: tuple[LedgerException, ...]
    configured: bool
    quota: OfflineQuota | None = None
    grant: GrantState | None = None


def sync_state(station: Station) -> SyncState:
    """Compare the journal with the highest stored acknowledgement."""
    with station.store.reading() as reading:
        acked_seq, _ = reading.outbox.acked()
        unsent = reading.journal.count_since(acked_seq)
        oldest = reading.journal.at(acked_seq + 1)
        behind = anchor_problem(station, reading)
        verdict = reading.outbox.verdict() or ("" if behind is None else behind.code)
        exceptions = reading.outbox.exceptions()
    age_min = 0 if oldest is None else _age_min(station, oldest)
    return SyncState(
        unsent,
        age_min,
        acked_seq,
        verdict,
        exceptions,
        station.ledger is not None,
        offline_quota(station),
        grant_state(station),
    )


def confirmed_by_centre(station: Station) -> dict[str, object]:
    """The centre's own word of how far it has this chain, with its signature, hex.

    Raises:
        Refusal: `nothing_confirmed`.
    """
    with station.store.reading() as reading:
        found = reading.outbox.confirmed(station.name)
    if found is None:
        raise Refusal("nothing_confirmed")
    said, signature = found
    return {**asdict(said), "signature": signature}


def _age_min(station: Station, oldest: StoredEntry) -> int:
    """Whole minutes since an entry was written, 0 when its bytes cannot be read."""
    written_at = oldest.written_at
    if written_at is None:
        return 0
    return max(0, int((station.clock.now() - written_at).total_seconds() // 60))
