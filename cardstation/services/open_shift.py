"""Opens a shift: a clerk proves who they are, counts the float, signs for what is open."""

from __future__ import annotations

from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.shift import Clerk, Role, Shift, difference, digest_of
from cardstation.errors import Refusal
from cardstation.services.approve import ensure_role, prove
from cardstation.services.intent.facts import append
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.signed_over import open_items, signed_alone
from cardstation.services.station import Station
from cardstation.store import Unit
from cardstation.store.frozen import freeze


def open_shift(
    station: Station, name: str, pin: str, *, float_money: Money, signs_unknown: bool = False
) -> Shift:
    """Begin a shift; from here on money is taken and entries are made in this clerk's name.

    The digest of the list signed for is the `proof` of the entry; it is the one the shift before
    was closed with, or the entry names what came and what went since.

    Args:
        station: The desk.
        name: Of the clerk.
        pin: Theirs.
        float_money: Change in the till.
        signs_unknown: The clerk says so of what one person alone closed the last shift over.

    Raises:
        Refusal: `shift_open_already`, `float_negative`, `role_missing`, `unknown_to_sign` (nobody
            knows how something ended, one person alone signed it over, and this clerk has not said
            so), those of `prove` and of `ensure_may_write`.
    """
    if float_money < NO_MONEY:
        raise Refusal("float_negative")
    ensure_may_write(station)
    person = prove(station, name, pin)
    if not person.roles & {Role.TELLER, Role.SUPERVISOR}:
        ensure_role(person, Role.TELLER)
    with station.store.unit() as unit:
        _ensure_none_open(unit)
        if not signs_unknown:
            _ensure_signed_for(station, unit)
        opened = _opened(station, unit, person, float_money)
        entry = append(
            station,
            unit,
            EntryKind.SHIFT_OPENED,
            opened.shift_id,
            clerk=opened.clerk,
            fen=float_money.fen,
            tender="cash",
            proof=opened.digest,
            detail=freeze(opened),
        )
        unit.shifts.open_shift(opened, seq=entry.seq)
        unit.commit()
    return opened


def _ensure_none_open(unit: Unit) -> None:
    current = unit.shifts.current()
    if current is not None:
        shift = current.shift
        raise Refusal(
            "shift_open_already",
            name=shift.clerk,
            since=shift.opened_at.isoformat(sep=" ", timespec="minutes"),
        )


def _ensure_signed_for(station: Station, unit: Unit) -> None:
    last = unit.shifts.last_close()
    if last is not None and (alone := signed_alone(unit, station.clock.now())):
        raise Refusal("unknown_to_sign", n=len(alone), name=last.clerk)


def _opened(station: Station, unit: Unit, person: Clerk, float_money: Money) -> Shift:
    now = station.clock.now()
    items = open_items(unit, now)
    before = unit.shifts.last_close()
    appeared, gone = difference(() if before is None else before.open_items, items)
    return Shift(
        shift_id=new_id(station.clock),
        clerk=person.name,
        opened_at=now,
        float_money=float_money,
        taken_over=items,
        digest=digest_of(items),
        appeared=tuple(appeared),
        gone=tuple(gone),
    )
