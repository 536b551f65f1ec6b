"""What the ledger has confirmed: stored cumulative acks, exceptions and sync verdicts.

Whether an entry is posted is derived from the last ack, never a flag of the entry. A term ends
when the ledger lost what it had confirmed, and says so signed: it judges those entries anew as they
come again, and what it said of them before counts no more.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, exists, select

from cardstation.domain.checkpoint import Checkpoint
from cardstation.domain.ledger import GENESIS
from cardstation.ports.ledger import Ack, LedgerException
from cardstation.sql.asked import Asked, newest
from cardstation.store.tables import ledger_ack, ledger_exception, sync_verdict

_VERDICT = Asked(select(sync_verdict.c.code).where(newest(sync_verdict.c.no)))
_ACKED = Asked(
    select(ledger_ack.c.acked_seq, ledger_ack.c.acked_hash, ledger_ack.c.term).where(
        newest(ledger_ack.c.no)
    )
)
_STANDING = (
    select(ledger_exception)
    .where(
        ~exists().where(
            ledger_ack.c.term > ledger_exception.c.term,
            ledger_ack.c.acked_seq < ledger_exception.c.seq,
        )
    )
    .order_by(ledger_exception.c.seq)
)
"""Asked for every card: made once."""


class Outbox:
    """Acks and verdicts of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def acked(self) -> tuple[int, str]:
        """Last acknowledged sequence number and its hash; 0 and `GENESIS` when none.

        The newest word counts: a ledger that lost entries has confirmed less than it once did.
        """
        row = _ACKED.first(self._connection)
        return (0, GENESIS) if row is None else (row.acked_seq, row.acked_hash)

    def store(self, ack: Ack, at: datetime, *, rewound: bool = False) -> None:
        """Keep an ack and its exceptions.

        Args:
            ack: What the ledger said.
            at: When it is kept.
            rewound: The ledger lost what it had confirmed, signed by two people there: the term
                ends. Any other ack that goes back was overtaken by the one on file, which stands.
        """
        before = _ACKED.first(self._connection)
        back = before is not None and ack.acked_seq < before.acked_seq
        term = 0 if before is None else before.term + (back and rewound)
        if rewound or not back:
            self._keep(ack, at, term)
        known = {(found.seq, found.code) for found in self.exceptions()}
        for found in ack.exceptions:
            if (found.seq, found.code) not in known:
                self._connection.execute(
                    ledger_exception.insert(),
                    {
                        "seq": found.seq,
                        "code": found.code,
                        "term": term,
                        "other": found.other,
                        "at": at,
                    },
                )

    def _keep(self, ack: Ack, at: datetime, term: int) -> None:
        self._connection.execute(
            ledger_ack.insert(),
            {
                "acked_seq": ack.acked_seq,
                "acked_hash": ack.acked_hash,
                "totals": json.dumps(ack.totals, sort_keys=True),
                "at": at,
                "epoch": ack.checkpoint.epoch,
                "nonce": ack.checkpoint.nonce,
                "signature": ack.checkpoint.signature,
                "term": term,
            },
        )

    def confirmed(self, station: str) -> tuple[Checkpoint, str] | None:
        """The centre's newest word of how far it has this chain, and its signature, hex."""
        row = self._connection.execute(
            select(ledger_ack).order_by(ledger_ack.c.no.desc()).limit(1)
        ).one_or_none()
        if row is None:
            return None
        said = Checkpoint(station, row.epoch, row.acked_seq, row.acked_hash, row.nonce)
        return said, row.signature

    def last_heard(self) -> datetime | None:
        """When the ledger last confirmed something here, None = never."""
        query = select(ledger_ack.c.at).order_by(ledger_ack.c.no.desc()).limit(1)
        return self._connection.execute(query).scalar()

    def totals(self) -> dict[str, int]:
        """Fen per account class as the ledger last answered; what came to nothing is left out.

        Empty: all came to nothing, or nobody said since a ledger that lost entries was taken on.
        """
        query = select(ledger_ack.c.totals).order_by(ledger_ack.c.no.desc()).limit(1)
        found = self._connection.execute(query).scalar()
        return dict(json.loads(found)) if found else {}

    def exceptions(self) -> tuple[LedgerException, ...]:
        """Business conflicts the ledger posted to suspense, as it judges them now."""
        rows = self._connection.execute(_STANDING)
        return tuple(LedgerException(row.seq, row.code, row.other) for row in rows)

    def judge(self, code: str, at: datetime) -> None:
        """Keep the verdict of a handshake: empty = in agreement, else why selling stops."""
        if code != self.verdict():
            self._connection.execute(sync_verdict.insert(), {"code": code, "at": at})

    def verdict(self) -> str:
        """The last verdict, empty when all is well."""
        row = _VERDICT.first(self._connection)
        return "" if row is None else row.code
