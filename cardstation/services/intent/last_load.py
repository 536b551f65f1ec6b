"""Says what was loaded last for a household's meter, and what its card then carried.

Every desk's loads count, as the ledger tells them, on whichever card of the household they lie.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardstation.domain.card import CardContent
from cardstation.domain.ledger import PEOPLE, PROVISIONAL, Entry, EntryKind
from cardstation.domain.meter import CounterSchool, MakerRules
from cardstation.domain.payment import Tender
from cardstation.domain.reissue import reissue_of
from cardstation.domain.topup import TopUp
from cardstation.services.intent.being_cleared import is_of_clearing
from cardstation.services.station import Station
from cardstation.store.frozen import thaw


@dataclass(frozen=True, slots=True)
class LastLoad:
    """What was sealed last for a meter.

    Attributes:
        seal: The fact.
        back: The fact that took it off its card again, None while it stands.
        doubted: It may be another load's seal, or another one has its counter, and is not made up
            for by it.
    """

    seal: Entry
    back: Entry | None
    doubted: bool


def last_load(told: Sequence[Entry], meter_no: str, rules: MakerRules) -> LastLoad | None:
    """The load that was sealed last for this meter; one that never was is none.

    Args:
        told: The facts of the household's cards, oldest first.
        meter_no: Of its meter.
        rules: Of its maker: where purchases are counted, the highest counter is the last.
    """
    never = {one.corrects for one in told if one.kind is EntryKind.NOT_LOADED}
    seals = [
        one
        for one in told
        if one.kind is EntryKind.SEALED and one.meter_no == meter_no and one.entry_id not in never
    ]
    if not seals:
        return None
    counts = rules.school is not CounterSchool.NONE
    back = taken_off(told)
    last = seals[-1]
    if counts:
        seals = _on_live_cards(told, seals, back)
        top = max(one.counter_after for one in seals)
        last = [one for one in seals if one.counter_after == top][-1]
    alike = {
        one.subject
        for one in seals
        if counts and one.counter_after == last.counter_after and one.subject not in back
    }
    on_purpose = last.tender == Tender.MAKE_UP
    doubted = last.witness == PROVISIONAL or bool(alike - {last.subject} and not on_purpose)
    return LastLoad(last, back.get(last.subject), doubted)


def _on_live_cards(
    told: Sequence[Entry], seals: Sequence[Entry], back: Mapping[str, Entry]
) -> list[Entry]:
    """All but those on a card that was dead by then, where a newer one was loaded at that count."""
    place = {one.entry_id: at for at, one in enumerate(told)}
    made = {one.generation: place[one.entry_id] for one in told if reissue_of(one) is not None}
    newer = [one for one in seals if one.generation in made and one.subject not in back]
    return [
        one
        for one in seals
        if not any(
            other.counter_after == one.counter_after
            and other.generation > one.generation
            and made[other.generation] < place[one.entry_id]
            for other in newer
        )
    ]


def taken_off(told: Sequence[Entry]) -> dict[str, Entry]:
    """By load, the fact that took it off its card again."""
    sealed = {one.entry_id: one.subject for one in told if one.kind is EntryKind.SEALED}
    return {
        sealed[one.corrects]: one
        for one in told
        if one.kind is EntryKind.RETURNED and one.corrects in sealed
    }


def still_open(told: Sequence[Entry], but: str = "") -> Entry | None:
    """A fact after which some desk still waits for a card of the household, None when none does.

    Args:
        told: The facts of its cards, oldest first.
        but: Id of the work that asks.
    """
    last = {one.subject: one for one in told if not is_of_clearing(one)}
    waits = (one for one in last.values() if one.subject != but and _waits(one))
    return next(waits, None)


def _waits(entry: Entry) -> bool:
    if entry.kind is EntryKind.NOT_LOADED:
        return not (entry.corrects or entry.witness.startswith(PEOPLE))
    return entry.kind in (EntryKind.ARMED, EntryKind.CARD_ARMED)


def cards_made(told: Sequence[Entry]) -> tuple[TopUp, ...]:
    """The works by which the household got a card, written and not given up, oldest first."""
    begun = {one.subject: one for one in told if one.kind is EntryKind.CARD_ARMED}
    gone = {one.subject for one in told if one.kind is EntryKind.CARD_GIVEN_UP}
    return tuple(
        thaw(TopUp, begun[one.subject].detail)
        for one in told
        if one.kind is EntryKind.CARD_WRITTEN
        and one.subject in begun
        and one.subject not in gone
        and not is_of_clearing(one)
    )


def carried(station: Station, told: Sequence[Entry], load: Entry) -> CardContent | None:
    """What a card carried once this load was on it; None where nobody told its target."""
    armed = [
        one
        for one in told
        if one.kind is EntryKind.ARMED and one.subject == load.subject and one.detail
    ]
    plan = thaw(TopUp, armed[-1].detail).plan if armed else None
    code = station.rules_of(load.maker).layout
    layout = next((one for one in station.layouts if one.code == code), None)
    return layout.decode(plan.target) if plan is not None and layout is not None else None
