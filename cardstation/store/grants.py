"""What the ledger told this station of its offline grants: every one that was taken or refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, Table, Text, bindparam, func, select

from cardstation.domain.offline_grant import Grant, GrantTold, KeptGrant, Terms
from cardstation.sql.asked import Asked, adding, newest
from cardstation.sql.types import Fen, Instant
from cardstation.store.tables import metadata

offline_grant = Table(
    "offline_grant",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("station", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("money", Fen, nullable=False),
    Column("hours", Integer, nullable=False),
    Column("card_money", Fen, nullable=False),
    Column("list_hours", Integer, nullable=False),
    Column("list_no", Integer, nullable=False),
    Column("list_hash", Text, nullable=False),
    Column("until_us", Integer, nullable=False),
    Column("now_us", Integer, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("boot_id", Text, nullable=False),
    Column("asked_ns", Integer, nullable=False),
    Column("ends_ns", Integer, nullable=False),
    Column("refused", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

APPEND_ONLY: tuple[Table, ...] = (offline_grant,)

_NO, _TOOK = offline_grant.c.no, offline_grant.c.refused == ""
_LAST_NO = Asked(select(func.max(_NO).label("no")))
_NEWEST = Asked(select(offline_grant).where(newest(_NO)))
_TAKEN = Asked(select(offline_grant).where(newest(_NO, _TOOK)))
_LISTED = Asked(
    select(offline_grant.c.asked_ns).where(
        newest(
            _NO,
            _TOOK,
            offline_grant.c.boot_id == bindparam("boot_id"),
            offline_grant.c.list_no == bindparam("list_no"),
            offline_grant.c.list_hash == bindparam("list_hash"),
        )
    )
)
_KEEP = adding(offline_grant)
"""Asked for every card: made once."""


class Grants:
    """The grants of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def taken(self) -> KeptGrant | None:
        """The grant this station took last; whether it still runs is another question."""
        row = _TAKEN.first(self._connection)
        return None if row is None else KeptGrant(_grant(row), row.boot_id, row.ends_ns)

    def needed(self) -> bool:
        """Whether the ledger ever spoke of a grant: from then on this station needs one."""
        return _LAST_NO.first(self._connection).no is not None

    def refused(self) -> str:
        """Why the last one that was told was not taken, a code; empty = it was taken."""
        row = _NEWEST.first(self._connection)
        return "" if row is None else row.refused

    def list_seen_ns(self, list_no: int, list_hash: str, boot_id: str) -> int | None:
        """When this very list of blocked cards was last the newest, by the clock of this boot."""
        row = _LISTED.first(self._connection, list_no=list_no, list_hash=list_hash, boot_id=boot_id)
        return None if row is None else int(row.asked_ns)

    def keep(
        self,
        told: GrantTold,
        signature: str,
        *,
        refused: str,
        boot_id: str,
        asked_ns: int,
        at: datetime,
    ) -> None:
        """Put a grant on record; nothing where the newest row says the same already.

        Args:
            told: What the ledger said.
            signature: Its signature, hex.
            refused: Why it is not taken, a code; empty = it is.
            boot_id: Of this boot.
            asked_ns: When it was asked for, by this boot's clock.
            at: By the desk's wall clock, for people.
        """
        grant, terms = told.grant, told.grant.terms
        last = _NEWEST.first(self._connection)
        same = (grant, boot_id, refused)
        if last is not None and (_grant(last), last.boot_id, last.refused) == same:
            return
        _KEEP.write(
            self._connection,
            {
                "station": grant.station,
                "epoch": grant.epoch,
                "key": grant.key,
                "number": grant.number,
                "money": terms.money,
                "hours": terms.hours,
                "card_money": terms.card_money,
                "list_hours": terms.list_hours,
                "list_no": grant.list_no,
                "list_hash": grant.list_hash,
                "until_us": grant.until_us,
                "now_us": told.now_us,
                "nonce": told.nonce,
                "signature": signature,
                "boot_id": boot_id,
                "asked_ns": asked_ns,
                "ends_ns": asked_ns + told.runs_ns,
                "refused": refused,
                "at": at,
            },
        )


def _grant(row: Any) -> Grant:
    terms = Terms(row.money, row.hours, row.card_money, row.list_hours)
    return Grant(
        station=row.station,
        epoch=row.epoch,
        key=row.key,
        number=row.number,
        terms=terms,
        list_no=row.list_no,
        list_hash=row.list_hash,
        until_us=row.until_us,
    )
