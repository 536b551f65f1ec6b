"""Says how much a desk may still sell before the ledger has to hear of it."""

from __future__ import annotations

from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import Money
from cardstation.domain.offline_limit import OfflineQuota, quota_of
from cardstation.errors import Refusal
from cardstation.ports.clock import Clock
from cardstation.services.station import Station
from cardstation.store.journal import StoredEntry

_NS, _US = 1_000_000_000, 1_000_000


def offline_quota(station: Station) -> OfflineQuota | None:
    """What is left of the desk's own ceiling; None without a ceiling, or without a ledger."""
    if not station.offline_limit or station.ledger is None:
        return None
    return quota_of(station.offline_limit, *_unconfirmed(station))


def ensure_offline_limit(station: Station, more: Money) -> None:
    """So much more may be sold although the ledger has not confirmed the rest.

    Several lanes ask side by side: the ceiling may be passed by the cards in hand.

    Raises:
        Refusal: `offline_limit_reached`.
    """
    if not station.offline_limit or station.ledger is None:
        return
    money, age_min = _unconfirmed(station)
    if not station.offline_limit.allows(money + more, age_min):
        raise Refusal("offline_limit_reached")


def _unconfirmed(station: Station) -> tuple[Money, int]:
    """Money of the loads the ledger has not confirmed, and the age of the oldest entry."""
    with station.store.reading() as reading:
        acked_seq, _ = reading.outbox.acked()
        oldest = reading.journal.at(acked_seq + 1)
        fen = reading.journal.fen_since(acked_seq, EntryKind.PAID) if oldest else 0
        high_water_us = reading.topups.high_water_us()
    age_s = 0.0 if oldest is None else _age_s(station.clock, oldest, high_water_us)
    return Money(fen), max(0, int(age_s // 60))


def _age_s(clock: Clock, oldest: StoredEntry, high_water_us: int) -> float:
    """How long ago an entry was written: a wall clock that is set says nothing within one boot.

    Before this boot only wall clocks tell, and the latest time on record where they were set back;
    it is at least as long ago as this boot has been running.
    """
    if oldest.written_at is None:
        return 0.0
    running_s = clock.monotonic_ns() / _NS
    if oldest.entry.boot_id == clock.boot_id:
        return running_s - oldest.entry.monotonic_ns / _NS
    latest_s = max(clock.now().timestamp(), high_water_us / _US)
    return max(latest_s - oldest.written_at.timestamp(), running_s)
