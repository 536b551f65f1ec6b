"""Brings a restored station back: its own lost entries from the ledger, then a new epoch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from cardstation.domain.ledger import TAIL_LOST, Entry, EntryKind
from cardstation.domain.shift import Approval
from cardstation.errors import LedgerRefused, Refusal
from cardstation.ports.ledger import Ledger
from cardstation.services.intent.anchoring import anchor_problem, write_anchor
from cardstation.services.intent.granting import keep_grant
from cardstation.services.intent.ids import new_id
from cardstation.services.rebuild.money_again import pay_again
from cardstation.services.rebuild.replay import replay
from cardstation.services.station import Station
from cardstation.services.sync import REJOIN_BEGUN, sync
from cardstation.services.sync_state import SyncState
from cardstation.store import Unit

_PERSONS = 2


def rejoin(station: Station, approval: Approval, *, clerk: Approval | None = None) -> SyncState:
    """Pull what this station lost, rebuild its records, begin a new epoch and sync.

    For a station whose store was restored from a backup. Intents that were armed in the lost part
    are open here again and are settled by their card at its next insertion. What was lost before
    it was ever sent is nowhere but on the cards: they are ahead of the books, which the ledger
    names. May be cut at any point and run again; an older copy of this station can send nothing
    from then on.

    Args:
        station: The desk.
        approval: Of the second person.
        clerk: The first person, with their own PIN; not needed while a shift is open, whose clerk
            it is, nor at a training desk that never had clerks.

    Raises:
        LedgerUnreachable: go on later.
        LedgerRefused: `ledger_fork`: something was sold here after the restore, or elsewhere
            under this name; and what `sync` raises.
        Refusal: `ledger_not_set`, `rejoin_needs_clerks` (the restored store knows fewer than two
            people), `rejoin_needs_both`, `second_person_same`, `rejoin_not_needed`,
            `unknown_household` (take in the newest directory, then again), `rejoin_contradicts`.
    """
    ledger = station.ledger
    if ledger is None:
        raise Refusal("ledger_not_set")
    first = _first_person(station, clerk)
    if approval.name in ("", first):
        raise Refusal("second_person_same", name=approval.name)
    with station.work.on_line():
        _bring_back(station, ledger, clerk=first, approver=approval.name)
    return sync(station)


def _bring_back(station: Station, ledger: Ledger, *, clerk: str, approver: str) -> None:
    marked, asked_ns = _mark_opened(station), station.clock.monotonic_ns()
    head = ledger.head()
    with station.store.reading() as reading:
        ours = reading.journal.head()
        begun = reading.outbox.verdict() == REJOIN_BEGUN
        lost = anchor_problem(station, reading) is not None
    if head.last_seq <= ours.seq and head.epoch <= ours.epoch and not (begun or lost):
        if marked:
            return
        raise Refusal("rejoin_not_needed")
    while _pull(station, ledger):
        begun = True
    if begun:
        _settle_money(station)
    with station.store.reading() as reading:
        gone = anchor_problem(station, reading) is not None
    witness = TAIL_LOST if gone else ""
    told = partial(keep_grant, station, head=head, asked_ns=asked_ns)
    _begin_epoch(station, ledger, told, clerk=clerk, approver=approver, witness=witness)


def _mark_opened(station: Station) -> bool:
    """Put the anchor where an epoch was opened: a cut came between the two; False where none did.

    The mark is one of the epoch before, so nothing was anchored in this one.
    """
    with station.store.reading() as reading:
        head = reading.journal.head()
        opened = reading.journal.last_about(f"epoch {head.epoch}", EntryKind.EPOCH)
        problem = anchor_problem(station, reading)
    if problem is None or problem.code != "store_rolled_back":
        return False
    mark = station.store.anchor.read()
    if opened is None or opened.seq != head.seq or mark is None or mark.epoch >= head.epoch:
        return False
    write_anchor(station, head)
    return True


def _first_person(station: Station, clerk: Approval | None) -> str:
    """Who acts: two people bring a station back, also while no shift says who is on duty."""
    with station.store.reading() as reading:
        on_duty = reading.shifts.on_duty()
        known = {one.name for one in reading.shifts.clerks() if one.active}
    if on_duty or (station.training and not known):
        return on_duty or station.clerk
    if len(known) < _PERSONS:
        raise Refusal("rejoin_needs_clerks", count=len(known))
    if clerk is None:
        raise Refusal("rejoin_needs_both")
    return clerk.name


def _pull(station: Station, ledger: Ledger) -> bool:
    """Put back one page of lost entries, all of it in one commit; False when none is left."""
    with station.store.reading() as reading:
        ours = reading.journal.head()
    page = ledger.entries_after(ours.seq)
    if not page:
        return False
    with station.store.unit() as unit:
        unit.outbox.judge(REJOIN_BEGUN, station.clock.now())
        for raw in page:
            _ensure_follows(unit, raw)
            replay(station, unit, unit.journal.adopt(raw))
        unit.commit()
    return True


def _settle_money(station: Station) -> None:
    """Have the money of lists pay again, now that every fact is back; names purged are gone."""
    with station.store.unit() as unit:
        pay_again(station, unit)
        unit.commit()
    station.store.empty_log()


def _ensure_follows(unit: Unit, raw: bytes) -> None:
    """An entry of ours continues our own chain, else there are two histories.

    Raises:
        LedgerRefused: `ledger_fork`.
    """
    head = unit.journal.head()
    try:
        entry = Entry.from_bytes(raw)
    except (ValueError, KeyError, TypeError):
        return  # bytes nobody can read: the next entry's hash, or the ledger's head, tells
    if (entry.seq, entry.prev_hash) != (head.seq + 1, head.hash):
        raise LedgerRefused("ledger_fork", seq=head.seq + 1)


def _begin_epoch(
    station: Station,
    ledger: Ledger,
    told: Callable[[Unit], None],
    *,
    clerk: str,
    approver: str,
    witness: str,
) -> None:
    """Ask for the next epoch and open it with an entry; the anchor starts anew from there.

    That the ledger spoke of a grant (`told`), which is none of this epoch, comes on record with it:
    records that were lost knew it, and a desk that needs a grant sells none unheard without one.

    The entry names the last receipt on record: what the epoch before printed after it is void, and
    no number of it comes again. `witness` says that an anchored part of it is nowhere any more.
    """
    with station.store.reading() as reading:
        head = reading.journal.head()
    granted = ledger.new_epoch(
        last_seq=head.seq, last_hash=head.hash, clerk=clerk, approver=approver
    )
    with station.store.unit() as unit:
        unit.journal.append(
            Entry(
                entry_id=new_id(station.clock),
                station=station.name,
                epoch=granted.epoch,
                seq=head.seq + 1,
                prev_hash=head.hash,
                kind=EntryKind.EPOCH,
                subject=f"epoch {granted.epoch}",
                detail=unit.receipts.last_no(),
                at=station.clock.now().isoformat(),
                boot_id=station.clock.boot_id,
                monotonic_ns=station.clock.monotonic_ns(),
                clerk=clerk,
                approver=approver,
                witness=witness,
            )
        )
        opened = unit.journal.head()
        told(unit)
        unit.outbox.judge("", station.clock.now())
        unit.commit()
    write_anchor(station, opened)
