"""What a batch must be to follow what the books have of its station: pure, one rule a function."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from cardstation.central.batch import REUSED, Sent, numbered
from cardstation.central.heads import Head
from cardstation.errors import LedgerRefused


def placed(head: Head, read: Sequence[Sent], first: int) -> tuple[Sent, ...]:
    """Give the entries of a batch their numbers and epochs.

    Args:
        head: Of their station.
        read: A batch as read.
        first: Number of its first entry by what it says or where it stands already, 0 when
            neither is known: then it follows the head.

    Raises:
        LedgerRefused: `ledger_gap`, `chain_broken`.
    """
    first = first or head.last_seq + 1
    if first > head.last_seq + 1:
        raise LedgerRefused("ledger_gap", expected_seq=head.last_seq + 1)
    place = read[0].place
    # Bytes that do not say their epoch are of the current one.
    epoch = head.last_epoch if place is None else place.epoch - place.opens_epoch
    return numbered(read, first, epoch)


def other_branch(head: Head, sent: Sequence[Sent], ours: Mapping[int, str]) -> LedgerRefused | None:
    """Why these entries are not of the history the books have, None when they are.

    Args:
        head: Of their station.
        sent: Placed entries.
        ours: Hash by number of every entry the books have at these places.
    """
    if head.status == "suspended":
        return LedgerRefused("station_suspended", station=head.station)
    epoch = head.last_epoch
    for one in sent:
        if one.seq > head.last_seq:
            if not _may_follow(head, one, epoch):
                return LedgerRefused("ledger_epoch", expected=head.epoch)
            epoch = one.epoch
    if any(one.epoch < head.epoch and one.seq >= head.epoch_from > 0 for one in sent):
        return LedgerRefused("ledger_epoch", expected=head.epoch)
    if contradicts(head, sent, ours):
        return LedgerRefused("ledger_fork", station=head.station)
    return None


def contradicts(head: Head, sent: Sequence[Sent], ours: Mapping[int, str]) -> bool:
    """Whether an entry we have, or the one before the first new one, has another hash here."""
    first = sent[0]
    if first.seq == head.last_seq + 1:
        return first.place is not None and first.place.prev_hash != head.last_hash
    return any(ours.get(one.seq, one.hash) != one.hash for one in sent)


def _may_follow(head: Head, one: Sent, epoch: int) -> bool:
    """Whether an entry's epoch is the one that is due at its place.

    An epoch is opened once, by its own entry, where it was granted. Until then entries of the
    epoch before are only taken when they were there before the grant: the centre lost them and
    they are sent again.

    Args:
        head: Of its station.
        one: The entry.
        epoch: Of the entry before it.
    """
    if one.opens_epoch:
        granted = one.epoch < head.epoch or head.epoch_from in (0, one.seq)
        return one.epoch == epoch + 1 and one.epoch <= head.epoch and granted
    before = one.epoch == head.epoch or head.epoch_from == 0 or one.seq < head.epoch_from
    return one.epoch == epoch and before


def news(head: Head, sent: Sequence[Sent], nonce: str) -> tuple[Sent, ...]:
    """The entries that the books have not; a replay has none, and needs no fresh nonce.

    Raises:
        LedgerRefused: `nonce_stale`.
    """
    new = tuple(one for one in sent if one.seq > head.last_seq)
    if new and not secrets.compare_digest(nonce, head.nonce):
        raise LedgerRefused("nonce_stale")
    return new


def flag_reused(new: Sequence[Sent], known: AbstractSet[str]) -> tuple[Sent, ...]:
    """Keep an entry whose id is booked already without booking it again.

    Args:
        new: New entries.
        known: Those of their ids that the books have.
    """
    seen = set(known)
    flagged: list[Sent] = []
    for one in new:
        reused = one.entry is not None and one.entry_id in seen
        seen.add(one.entry_id)
        flagged.append(one.flawed(REUSED) if reused else one)
    return tuple(flagged)


def refuse_epoch(head: Head, *, last_seq: int, last_hash: str, clerk: str, approver: str) -> None:
    """Refuse a new epoch to a station that does not hold what the books hold.

    Args:
        head: What they hold.
        last_seq: The end of its chain as the station has it now.
        last_hash: Of that entry, hex.
        clerk: Who asks at the station.
        approver: Who else agrees there.

    Raises:
        LedgerRefused: `two_persons_needed`, `ledger_ahead`, `ledger_fork`.
    """
    if not clerk or not approver or clerk == approver:
        raise LedgerRefused("two_persons_needed")
    if last_seq != head.last_seq:
        raise LedgerRefused("ledger_ahead", ours=last_seq, theirs=head.last_seq)
    if last_hash != head.last_hash:
        raise LedgerRefused("ledger_fork", seq=last_seq)
