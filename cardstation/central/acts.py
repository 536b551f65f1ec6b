"""What two people decide about a station: its next epoch, and to have lost entries sent again."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, insert, select, update

from cardstation.central.centre_key import CentreKey
from cardstation.central.console.roles import Right
from cardstation.central.engine import transaction
from cardstation.central.following import refuse_epoch
from cardstation.central.heads import Head, head_from, locked_head, new_nonce, refuse_inactive
from cardstation.central.requests import Signed
from cardstation.central.tables import epochs, rewinds, stations
from cardstation.central.two_people import ensure_two
from cardstation.domain.checkpoint import Rewind, RewindAsked
from cardstation.errors import LedgerRefused, Refusal


def grant_epoch(
    engine: Engine, signed: Signed, *, last_seq: int, last_hash: str, clerk: str, approver: str
) -> Head:
    """Begin a station's next epoch after the last entry; asked again, the same one is granted.

    Args:
        engine: The books.
        signed: The station's request.
        last_seq: The end of its chain as the station has it now.
        last_hash: Of that entry, hex.
        clerk: Who asks at the station.
        approver: Who else agrees there.

    Raises:
        LedgerRefused: `signature_bad`, `nonce_stale`, `station_suspended`, `two_persons_needed`,
            `ledger_ahead` or `ledger_fork`: the station does not hold what the books hold.
    """
    with transaction(engine) as connection:
        head = locked_head(connection, signed.station)
        if not signed.by(head.public_key):
            raise LedgerRefused("signature_bad")
        refuse_inactive(head)
        if signed.said.nonce != head.nonce:
            raise LedgerRefused("nonce_stale")
        refuse_epoch(head, last_seq=last_seq, last_hash=last_hash, clerk=clerk, approver=approver)
        if head.epoch_from == head.last_seq + 1:
            return head
        return _grant(connection, head, clerk, approver)


def _grant(connection: Connection, head: Head, clerk: str, approver: str) -> Head:
    begins = {"epoch": head.epoch + 1, "epoch_from": head.last_seq + 1}
    connection.execute(
        insert(epochs).values(
            station=head.station,
            epoch=begins["epoch"],
            from_seq=begins["epoch_from"],
            clerk=clerk,
            approver=approver,
        )
    )
    row = connection.execute(
        update(stations)
        .where(stations.c.station == head.station)
        .values(**begins, nonce=new_nonce())
        .returning(*stations.c)
    ).one()
    return head_from(row)


def order_rewind(engine: Engine, key: CentreKey, asked: RewindAsked) -> Rewind:
    """Ask a station, signed, to send again what follows an entry: these books lost it.

    Args:
        engine: The books, restored from their backup.
        key: The centre's.
        asked: By whom, of whom, from where on.

    Raises:
        Refusal: `two_persons_needed`, `name_unknown`, `rewind_not_here` (the books end elsewhere).
        LedgerRefused: `station_unknown`.
    """
    by, approved_by = asked.ordered_by, asked.approved_by
    with transaction(engine) as connection:
        ensure_two(connection, by, approved_by, Right.STATION)
        head = locked_head(connection, asked.station)
        if asked.to_seq != head.last_seq:
            raise Refusal("rewind_not_here", station=asked.station, last_seq=head.last_seq)
        ordered = Rewind(asked.station, asked.to_seq, head.last_hash, asked.reason, by, approved_by)
        connection.execute(
            insert(rewinds).values(
                station=ordered.station,
                seq=ordered.seq,
                hash=bytes.fromhex(ordered.hash),
                reason=ordered.reason,
                ordered_by=by,
                approved_by=approved_by,
                signature=key.sign(ordered.message),
            )
        )
        if asked.epoch > head.epoch:
            _know_epochs(connection, head, asked.epoch, ordered)
    return ordered


def _know_epochs(connection: Connection, head: Head, epoch: int, ordered: Rewind) -> None:
    """Epochs that were granted and lost: where they begin will be seen when they are sent again."""
    connection.execute(
        insert(epochs),
        [
            {
                "station": head.station,
                "epoch": lost,
                "from_seq": 0,
                "clerk": ordered.ordered_by,
                "approver": ordered.approved_by,
            }
            for lost in range(head.epoch + 1, epoch + 1)
        ],
    )
    connection.execute(
        update(stations).where(stations.c.station == head.station).values(epoch=epoch, epoch_from=0)
    )


def rewind_for(engine: Engine, head: Head) -> tuple[Rewind, bytes] | None:
    """The rewind that was ordered for the very end these books have of a station, signed."""
    with transaction(engine) as connection:
        row = connection.execute(
            select(rewinds)
            .where(
                rewinds.c.station == head.station,
                rewinds.c.seq == head.last_seq,
                rewinds.c.hash == bytes.fromhex(head.last_hash),
            )
            .order_by(rewinds.c.number.desc())
            .limit(1)
        ).one_or_none()
    if row is None:
        return None
    ordered = Rewind(
        row.station, row.seq, row.hash.hex(), row.reason, row.ordered_by, row.approved_by
    )
    return ordered, row.signature
