"""Looks up what earlier facts say about the cards and orders of a batch; writes what changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Row,
    TableValuedAlias,
    Text,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
    true,
    update,
)

from cardstation.central.collected import Collected, collected_by
from cardstation.central.copying import Copied, id_bytes
from cardstation.central.judging import (
    Judge,
    Load,
    OrderState,
    Purse,
    Seal,
    counts,
    purse_of,
    undoes,
)
from cardstation.central.plain_entries import is_uuid
from cardstation.central.replaced import Replaced
from cardstation.central.tables import (
    WORKS,
    array_rows,
    card_load,
    entry_index,
    exceptions,
    journal,
    orders,
)
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.payment import GIVEN

_LOADS = Copied(
    card_load,
    *("maker", "meter_no", "generation", "counter", "load_no", "cause", "entry_id", "freed_by"),
)
_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_PURSE = ("maker", "meter_no", "generation")


def _same(asked: TableValuedAlias, *names: str) -> list[ColumnElement[bool]]:
    return [card_load.c[name] == asked.c[name] for name in names]


# Each key is looked up by itself: all keys in one condition make PostgreSQL read the whole table.
_KEYS = array_rows(card_load, *_PURSE, "counter")
_AT = select(card_load).where(*_same(_KEYS, *_PURSE, "counter")).order_by("load_no").lateral()
_LOADS_AT = select(_AT).select_from(_KEYS.join(_AT, true()))
_PURSES = array_rows(card_load, *_PURSE)
_SEALED = select(entry_index.c.sealed, entry_index.c.entry_id).where(
    entry_index.c.sealed == func.any(bindparam("names", type_=ARRAY(Text)))
)
_WORKS_OF = (
    select(journal.c.raw)
    .where(journal.c.card_no == func.any(bindparam("names", type_=ARRAY(Text))), WORKS)
    .order_by(journal.c.posted_at, journal.c.station, journal.c.seq)
)
_STEPS_OF = (
    select(journal.c.raw)
    .where(
        journal.c.card_no == func.any(bindparam("names", type_=ARRAY(Text))),
        or_(and_(journal.c.kind == EntryKind.ARMED, journal.c.corrects != ""), WORKS),
    )
    .order_by(journal.c.posted_at, journal.c.station, journal.c.seq)
)
"""Returns too, in their order: few desks take a load back, and each card is looked up by itself."""
_TOP = (
    select(card_load.c.counter)
    .where(*_same(_PURSES, *_PURSE), card_load.c.freed_by.is_(None))
    .order_by(card_load.c.counter.desc())
    .limit(1)
    .lateral()
)
_HIGHEST = select(*_PURSES.c, _TOP.c.counter).select_from(_PURSES.join(_TOP, true()))


def known_before(connection: Connection, entries: Sequence[Entry]) -> Judge:
    """A judge who knows every precedent of these entries."""
    _take_turns(connection, entries)
    named = _orders(
        connection,
        {one.order_id for one in entries if one.order_id and one.tender not in GIVEN},
    )
    undone = {entry.corrects for entry in entries if undoes(entry)}
    undone |= {order.closed_by for order in named.values()}
    sealed = _sealed(
        connection, {entry.subject for entry in entries if entry.kind is EntryKind.SEALED}
    )
    if undone:
        # A load that is sealed once more and taken back in one batch undoes the first seal.
        undone |= set(sealed.values())
    seals = _with_first(connection, _seals(connection, undone))
    touched = {(purse_of(entry), _counter(entry)) for entry in entries if counts(entry)}
    touched |= {(seal.purse, seal.counter) for seal in seals.values()}
    return Judge(
        loads=_loads(connection, touched),
        highest=_highest(connection, {purse for purse, _ in touched}),
        orders=named,
        sealed=sealed,
        seals=seals,
        collected=_collected(connection, entries),
        replaced=_replaced(connection, entries),
        closed=_closed(connection, entries),
    )


def _take_turns(connection: Connection, entries: Sequence[Entry]) -> None:
    """Wait for whoever is posting about the same thing, so that who comes second sees the first.

    Arrears wait for any other desk that collects from the household, and a closing for any other
    desk that closes the account. A load that is given up, and
    a load that another desk goes on with, wait for each other at their card: what is read here
    first (`books.loads_of`) was then also committed first, and one desk of the two stops. So do a
    load that is taken back and a new card that carries it once more.
    """
    names = {f"arrears:{one.account_no}" for one in entries if one.kind is EntryKind.ARREARS_PAID}
    names |= {f"card:{one.card_no}" for one in entries if _changes_hands(one)}
    names |= {f"closing:{one.account_no}" for one in entries if _closes(one)}
    for name in sorted(names):
        connection.execute(_TURN, {"name": name})


def _changes_hands(entry: Entry) -> bool:
    if entry.kind in (EntryKind.ARMED, EntryKind.SEALED):
        return bool(entry.origin or entry.corrects)
    return entry.kind in (EntryKind.NOT_LOADED, EntryKind.RETURNED, EntryKind.CARD_ARMED)


def _replaced(connection: Connection, entries: Sequence[Entry]) -> Replaced:
    """Which cards took the place of others before these entries, of the cards they name."""
    found = Replaced()
    back = {one.card_no for one in entries if one.kind is EntryKind.RETURNED} - {""}
    moved = (EntryKind.SEALED, EntryKind.CARD_ARMED)
    others = {one.card_no for one in entries if one.kind in moved} - {""} - back
    for query, names in ((_WORKS_OF, others), (_STEPS_OF, back)):
        for raw in connection.scalars(query, {"names": sorted(names)}) if names else ():
            found.note(Entry.from_bytes(raw))
    return found


def _closes(entry: Entry) -> bool:
    return entry.kind is EntryKind.ACCOUNT_CLOSED


def _closed(connection: Connection, entries: Sequence[Entry]) -> dict[str, str]:
    """By account the entry that closed it, where nothing was loaded for it since.

    Looked up by their cards, which have an index.
    """
    cards = sorted({entry.card_no for entry in entries if _closes(entry)} - {""})
    if not cards:
        return {}
    later = journal.alias()
    since = exists().where(
        later.c.card_no == journal.c.card_no,
        later.c.kind == EntryKind.SEALED,
        or_(
            later.c.posted_at > journal.c.posted_at,
            and_(later.c.posted_at == journal.c.posted_at, later.c.seq > journal.c.seq),
        ),
    )
    closed = journal.c.kind == EntryKind.ACCOUNT_CLOSED
    rows = connection.execute(
        select(journal.c.account_no, journal.c.entry_id)
        .where(journal.c.card_no.in_(cards), closed, ~since)
        .order_by(journal.c.posted_at.desc())
    )
    return {row.account_no: row.entry_id for row in rows}


def _collected(connection: Connection, entries: Sequence[Entry]) -> dict[str, list[Collected]]:
    """Arrears collected before from the households of these entries."""
    kind = EntryKind.ARREARS_PAID
    names = sorted({entry.account_no for entry in entries if entry.kind is kind})
    found: dict[str, list[Collected]] = {}
    if not names:
        return found
    rows = connection.execute(
        select(journal.c.raw).where(
            journal.c.kind == text("'arrears_paid'"), journal.c.account_no.in_(names)
        )
    )
    for row in rows:
        entry = Entry.from_bytes(row.raw)
        found.setdefault(entry.account_no, []).append(collected_by(entry))
    return found


def _sealed(connection: Connection, subjects: Iterable[str]) -> dict[str, str]:
    """The first sealed entry of each subject that has one of its own, not of another's load."""
    names = sorted(subjects)
    if not names:
        return {}
    rows = connection.execute(_SEALED, {"names": names})
    return {row.sealed: row.entry_id for row in rows}


def _seals(connection: Connection, named: Iterable[str]) -> dict[str, Seal]:
    """The sealed entries with these ids, and whether they were taken back before."""
    ids = sorted(filter(is_uuid, named))
    if not ids:
        return {}
    rows = connection.execute(
        select(journal).where(journal.c.entry_id.in_(ids), journal.c.kind == EntryKind.SEALED)
    )
    seals = {row.entry_id: _seal(row) for row in rows}
    again = _sealed_again(connection, ids)
    undone = connection.execute(
        select(entry_index.c.undone, journal.c.kind)
        .join(journal, journal.c.entry_id == entry_index.c.entry_id)
        .where(entry_index.c.undone.in_([*ids, *again]))
    )
    for row in undone:
        first = again.get(row.undone, "") if row.kind == EntryKind.RETURNED else ""
        for seal in filter(None, (seals.get(row.undone), seals.get(first))):
            seal.undone = True
    return seals


def _sealed_again(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Later seals of the same loads: a return that names one of them undoes the first, too."""
    rows = connection.execute(
        select(exceptions.c.entry_id, exceptions.c.other).where(
            exceptions.c.code == "sealed_before", exceptions.c.other.in_(ids)
        )
    )
    return {row.entry_id: row.other for row in rows}


def _with_first(connection: Connection, seals: dict[str, Seal]) -> dict[str, Seal]:
    """The same, and for each that was sealed before by another desk, that desk's."""
    ids = [seal.entry_id for seal in seals.values() if seal.suspense == "sealed_before"]
    if not ids:
        return seals
    rows = connection.execute(
        select(journal.c.entry_id, journal.c.subject).where(journal.c.entry_id.in_(ids))
    )
    subjects = {row.entry_id: row.subject for row in rows}
    first = _sealed(connection, subjects.values())
    for entry_id, subject in subjects.items():
        seals[entry_id].first = first.get(subject, "")
    return {**_seals(connection, first.values()), **seals}


def _seal(row: Row[Any]) -> Seal:
    purse = Purse(row.maker, row.meter_no or f"card {row.card_no}", row.generation)
    look = Entry.from_bytes(row.raw).target
    at = row.counter_after
    return Seal(row.entry_id, purse, at, row.suspense, look=look, load=row.subject)


def _counter(entry: Entry) -> int:
    sealed = entry.kind == EntryKind.SEALED
    return entry.counter_after if sealed else entry.counter_before


def _loads(
    connection: Connection, touched: set[tuple[Purse, int]]
) -> dict[tuple[Purse, int], list[Load]]:
    if not touched:
        return {}
    asked = _arrays(purse for purse, _ in touched) | {"counter": [at for _, at in touched]}
    rows = connection.execute(_LOADS_AT, asked)
    found: dict[tuple[Purse, int], list[Load]] = {}
    for row in rows:
        purse = Purse(row.maker, row.meter_no, row.generation)
        load = Load(purse, row.counter, row.load_no, row.entry_id, row.freed_by or "", row.cause)
        found.setdefault((purse, row.counter), []).append(load)
    _with_looks(connection, [load for some in found.values() for load in some])
    return found


def _arrays(purses: Iterable[Purse]) -> dict[str, list[Any]]:
    some = list(purses)
    return {name: [getattr(purse, name) for purse in some] for name in _PURSE}


def _with_looks(connection: Connection, loads: Sequence[Load]) -> None:
    """Say of each load what its seal says of it; a counter that is used again is rare."""
    if not loads:
        return
    named = {load.entry_id: load for load in loads}
    rows = connection.execute(
        select(journal.c.entry_id, journal.c.raw).where(journal.c.entry_id.in_(sorted(named)))
    )
    for row in rows:
        named[row.entry_id].look = Entry.from_bytes(row.raw).target


def _highest(connection: Connection, purses: set[Purse]) -> dict[Purse, int]:
    if not purses:
        return {}
    rows = connection.execute(_HIGHEST, _arrays(purses))
    return {Purse(row.maker, row.meter_no, row.generation): row.counter for row in rows}


def _orders(connection: Connection, named: Iterable[str]) -> dict[str, OrderState]:
    names = sorted(named)
    if not names:
        return {}
    rows = connection.execute(
        select(orders)
        .where(orders.c.order_id.in_(names))
        .order_by(orders.c.order_id)
        .with_for_update()
    )
    return {
        row.order_id: OrderState(
            order_id=row.order_id,
            fen=row.fen,
            claimed_station=row.claimed_station or "",
            claimed_subject=row.claimed_subject or "",
            closed_by=row.closed_by or "",
        )
        for row in rows
    }


def write_changes(connection: Connection, judge: Judge) -> None:
    """Write new and freed loads, in key order, and what became of orders."""
    made = sorted(
        judge.made,
        key=lambda load: (load.purse.maker, load.purse.meter_no, load.counter, load.load_no),
    )
    _free(connection, judge.freed)
    _LOADS.write(
        connection,
        [
            (
                *(load.purse.maker, load.purse.meter_no, load.purse.generation, load.counter),
                *(load.load_no, load.cause, id_bytes(load.entry_id)),
                id_bytes(load.freed_by) if load.freed_by else None,
            )
            for load in made
        ],
    )
    for state in judge.orders.values():
        if state.changed:
            connection.execute(
                update(orders)
                .where(orders.c.order_id == state.order_id)
                .values(
                    claimed_station=state.claimed_station or None,
                    claimed_subject=state.claimed_subject or None,
                    closed_by=state.closed_by or None,
                )
            )


def _free(connection: Connection, freed: Sequence[Load]) -> None:
    """Mark loads as given back; a statement each, for returns are rare."""
    for load in freed:
        connection.execute(
            update(card_load)
            .where(
                card_load.c.maker == load.purse.maker,
                card_load.c.meter_no == load.purse.meter_no,
                card_load.c.generation == load.purse.generation,
                card_load.c.counter == load.counter,
                card_load.c.load_no == load.load_no,
            )
            .values(freed_by=load.freed_by)
        )
