"""Says how much a desk may still sell before the ledger has to hear of it."""

from __future__ import annotations

from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import Money
from cardstation.domain.offline_limit import OfflineQuota, quota_of
from cardstation.errors import Refusal
from cardstation.services.station import Station


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
    written_at = None if oldest is None else oldest.written_at
    age_s = 0.0 if written_at is None else (station.clock.now() - written_at).total_seconds()
    return Money(fen), max(0, int(age_s // 60))
