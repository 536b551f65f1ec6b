"""Batches and their manifest lines as rows, exactly as they were taken in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Table,
    Text,
    bindparam,
    exists,
    func,
    select,
    union,
)

from cardstation.domain.batch import Batch, LineKind, ListRow, ManifestLine, Verdict, Zone
from cardstation.domain.batch_id import batch_id_of, number_of
from cardstation.domain.money import Money
from cardstation.sql.asked import Asked
from cardstation.sql.types import Fen, Instant, Litres, Word
from cardstation.store.households import households, in_parts
from cardstation.store.tables import batch_step, metadata, payment, payment_log, topup

batches = Table(
    "batches",
    metadata,
    Column("batch_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("imported_at", Instant, nullable=False),
    Column("stated_count", Integer),
    Column("stated_total", Fen),
    Column("community", Text, nullable=False, server_default=""),
    Column("manager", Text, nullable=False, server_default=""),
    Column("team", Text, nullable=False, server_default=""),
    Column("zone", Word(Zone), nullable=False, server_default="open"),
    Column("purged_at", Instant),
    Column("changes", Integer, nullable=False, server_default="0"),
    Column("scan_envelopes", Integer, nullable=False, server_default="0"),
)

batch_lines = Table(
    "batch_lines",
    metadata,
    Column("batch_id", Text, ForeignKey("batches.batch_id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("row", Integer, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("written_account_no", Text, nullable=False),
    Column("written_name", Text, nullable=False),
    Column("written_door", Text, nullable=False),
    Column("written_card_no", Text, nullable=False),
    Column("written_amount", Text, nullable=False),
    Column("written_note", Text, nullable=False),
    Column("verdict", Word(Verdict), nullable=False),
    Column("kind", Word(LineKind), nullable=False),
    Column("account_no", Text, nullable=False),
    Column("card_no", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("door", Text, nullable=False),
    Column("money", Fen),
    Column("volume", Litres),
    Column("ground", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("envelope", Text, nullable=False, server_default=""),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("withdrawn", Text, nullable=False, server_default=""),
)
Index("ix_batch_lines_card_no", batch_lines.c.card_no)
Index("ix_batch_lines_account_no", batch_lines.c.account_no)


_BY_ID = Asked(select(batches).where(batches.c.batch_id == bindparam("batch_id")))
"""Asked for every card: made once."""

Kept = dict[str, tuple[tuple[str, datetime, int], Batch]]
"""Batches in memory, each with what its row said when it was read."""


class Batches:
    """The batches of one unit of work or reading.

    Args:
        connection: Where to look.
        kept: Batches read before and how often they had changed, by id: every card of a bag asks
            for all lines.
    """

    def __init__(self, connection: Connection, kept: Kept) -> None:
        self._connection = connection
        self._kept = kept

    def add(self, batch: Batch) -> None:
        """Store a batch and its lines."""
        self._connection.execute(
            batches.insert(),
            {
                "batch_id": batch.batch_id,
                "name": batch.name,
                "digest": batch.digest,
                "imported_at": batch.imported_at,
                "stated_count": batch.stated_count,
                "stated_total": batch.stated_total,
                "community": batch.community,
                "manager": batch.manager,
                "team": batch.team,
                "zone": batch.zone,
            },
        )
        rows = [_line_row(batch.batch_id, i, line) for i, line in enumerate(batch.lines, start=1)]
        if rows:
            self._connection.execute(batch_lines.insert(), rows)

    def get(self, batch_id: str) -> Batch | None:
        """A batch with its lines in list order."""
        found = _BY_ID.first(self._connection, batch_id=batch_id)
        if found is None:
            return None
        state = (found.digest, found.imported_at, found.changes)
        kept = self._kept.get(batch_id)
        if kept is not None and kept[0] == state:
            return kept[1]
        lines = self._connection.execute(
            select(batch_lines)
            .where(batch_lines.c.batch_id == batch_id)
            .order_by(batch_lines.c.position)
        )
        batch = Batch(
            batch_id=found.batch_id,
            name=found.name,
            digest=found.digest,
            imported_at=found.imported_at,
            stated_count=found.stated_count,
            stated_total=found.stated_total,
            lines=tuple(map(_line, lines)),
            community=found.community,
            manager=found.manager,
            team=found.team,
            zone=found.zone,
            purged_at=found.purged_at,
            scan_envelopes=bool(found.scan_envelopes),
        )
        self._kept[batch_id] = (state, batch)
        return batch

    def add_lines(self, batch_id: str, lines: Sequence[ManifestLine]) -> tuple[int, ...]:
        """Put lines behind those there are, and return their places."""
        query = select(func.max(batch_lines.c.position)).where(batch_lines.c.batch_id == batch_id)
        first = (self._connection.scalars(query).first() or 0) + 1
        places = tuple(range(first, first + len(lines)))
        rows = [_line_row(batch_id, at, line) for at, line in zip(places, lines, strict=True)]
        if rows:
            self._connection.execute(batch_lines.insert(), rows)
        self._changed(batch_id)
        return places

    def withdraw(self, batch_id: str, places: Sequence[int], reason: str) -> None:
        """Lines that count no more; each keeps its place and what it said."""
        self._change_lines(batch_id, places, withdrawn=reason)

    def put_in_envelope(self, batch_id: str, place: int, envelope: str) -> None:
        """The envelope or slot a line's card is in."""
        self._change_lines(batch_id, (place,), envelope=envelope)

    def require_scans(self, batch_id: str, *, must: bool) -> None:
        """Whether every card's envelope is scanned before it is loaded."""
        self._changed(batch_id, scan_envelopes=int(must))

    def file(self, batch_id: str, *, community: str, manager: str, team: str, zone: Zone) -> None:
        """Whose bag it is."""
        self._changed(batch_id, community=community, manager=manager, team=team, zone=zone)

    def restate(self, batch_id: str, count: int | None, total: Money | None) -> None:
        """What the newest list claims of itself."""
        self._changed(batch_id, stated_count=count, stated_total=total)

    def purge(self, batch_id: str, at: datetime) -> None:
        """Remove all that was written by people; numbers of households on file and money stay.

        A sheet's name becomes its number: rows of different sheets stay different ones.
        """
        here = batch_lines.c.batch_id == batch_id
        written = [one.name for one in batch_lines.c if one.name.startswith("written_")]
        blank = dict.fromkeys(("name", "door", "envelope", *written), "")
        self._connection.execute(batch_lines.update().where(here).values(blank))
        named = select(batch_lines.c.sheet).where(here, batch_lines.c.sheet != "")
        sheets = self._connection.scalars(named.order_by(batch_lines.c.position))
        for number, sheet in enumerate(dict.fromkeys(sheets), start=1):
            of_sheet = batch_lines.update().where(here, batch_lines.c.sheet == sheet)
            self._connection.execute(of_sheet.values(sheet=f"#{number}"))
        known = exists().where(households.c.account_no == batch_lines.c.account_no)
        strange = dict.fromkeys(("account_no", "card_no"), "")
        self._connection.execute(batch_lines.update().where(here, ~known).values(strange))
        self._changed(batch_id, purged_at=at, name="", manager="")

    def ids(self) -> tuple[str, ...]:
        """All batch ids, the newest first."""
        query = select(batches.c.batch_id).order_by(batches.c.batch_id.desc())
        return tuple(self._connection.scalars(query))

    def with_digest(self, digest: str) -> str | None:
        """The id of the batch with this content."""
        query = select(batches.c.batch_id).where(batches.c.digest == digest)
        return self._connection.scalars(query).first()

    def of_card(self, card_no: str) -> tuple[str, ...]:
        """Ids of the batches in which a card stands, the newest first."""
        query = (
            select(batch_lines.c.batch_id)
            .where(batch_lines.c.card_no == card_no)
            .distinct()
            .order_by(batch_lines.c.batch_id.desc())
        )
        return tuple(self._connection.scalars(query))

    def with_orders(self, order_ids: Collection[str]) -> tuple[tuple[str, int], ...]:
        """Batch and place of every line that counts and waits for one of these paid orders."""
        query = (
            select(batch_lines.c.batch_id, batch_lines.c.position)
            .where(batch_lines.c.order_id.in_(order_ids), batch_lines.c.withdrawn == "")
            .order_by(batch_lines.c.batch_id, batch_lines.c.position)
        )
        return tuple((row.batch_id, row.position) for row in self._connection.execute(query))

    def has_manager(self, manager: str) -> bool:
        """Whether a batch names this manager."""
        query = select(batches.c.batch_id).where(batches.c.manager == manager)
        return self._connection.scalars(query).first() is not None

    def community_of(self, manager: str) -> str:
        """The community of the last list a manager sent, empty when none told it."""
        query = (
            select(batches.c.community)
            .where(batches.c.manager == manager, batches.c.manager != "", batches.c.community != "")
            .order_by(batches.c.batch_id.desc())
        )
        return self._connection.scalars(query).first() or ""

    def with_accounts(self, account_nos: Collection[str]) -> frozenset[str]:
        """Ids of the batches in which one of these accounts stands."""
        column = batch_lines.c.account_no
        return frozenset(
            found
            for part in in_parts(sorted(account_nos))
            for found in self._connection.scalars(
                select(batch_lines.c.batch_id).where(column.in_(part)).distinct()
            )
        )

    def _change_lines(self, batch_id: str, places: Sequence[int], **values: str) -> None:
        self._connection.execute(
            batch_lines.update()
            .where(batch_lines.c.batch_id == batch_id, batch_lines.c.position.in_(places))
            .values(values)
        )
        self._changed(batch_id)

    def _changed(self, batch_id: str, **values: object) -> None:
        self._connection.execute(
            batches.update()
            .where(batches.c.batch_id == batch_id)
            .values(changes=batches.c.changes + 1, **values)
        )

    def next_id(self, day: date, station: str) -> str:
        """The next free id of a station's day, also behind batches whose list was lost.

        A restored station gets its entries back and not its lists: a new list under an old id
        would take the old one's money.
        """
        begin, end = f"{day.isoformat()}-", f"{day.isoformat()}."
        known = union(
            *(
                select(table.c.batch_id).where(table.c.batch_id > begin, table.c.batch_id < end)
                for table in (batches, batch_step, payment, payment_log, topup)
            )
        )
        taken = (number_of(one, station) for one in self._connection.scalars(known))
        return batch_id_of(day, max(taken, default=0) + 1, station)


def _line_row(batch_id: str, position: int, line: ManifestLine) -> dict[str, Any]:
    row = line.row
    return {
        "batch_id": batch_id,
        "position": position,
        "row": row.row,
        "sheet": row.sheet,
        "written_account_no": row.account_no,
        "written_name": row.name,
        "written_door": row.door,
        "written_card_no": row.card_no,
        "written_amount": row.amount,
        "written_note": row.note,
        "verdict": line.verdict,
        "kind": line.kind,
        "account_no": line.account_no,
        "card_no": line.card_no,
        "name": line.name,
        "door": line.door,
        "money": line.money,
        "volume": line.volume,
        "ground": line.ground,
        "reasons": " ".join(line.reasons),
        "order_id": line.order_id,
        "envelope": line.envelope,
        "revision": line.revision,
        "withdrawn": line.withdrawn,
    }


def _line(row: Row[Any]) -> ManifestLine:
    return ManifestLine(
        row=ListRow(
            row=row.row,
            account_no=row.written_account_no,
            name=row.written_name,
            door=row.written_door,
            card_no=row.written_card_no,
            amount=row.written_amount,
            note=row.written_note,
            sheet=row.sheet,
        ),
        verdict=row.verdict,
        kind=row.kind,
        account_no=row.account_no,
        card_no=row.card_no,
        name=row.name,
        door=row.door,
        money=row.money,
        volume=row.volume,
        ground=row.ground,
        reasons=tuple(row.reasons.split()),
        order_id=row.order_id,
        envelope=row.envelope,
        revision=row.revision,
        withdrawn=row.withdrawn,
    )
