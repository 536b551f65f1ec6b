"""What a desk changes in an account, and what of it holds against a directory that comes later.

A directory may have been written before the utility heard of the change. Facts that belong
together follow the first of their group: whoever still names the old owner or the old meter knows
nothing of the new one's facts either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.meter import MeterKind
from cardstation.domain.volume import Volume


class AccountEvent(StrEnum):
    """What happened to an account: 停用, 启用, 过户, 销户, 换表, 换表撤销."""

    STOPPED = "stopped"
    RESTARTED = "restarted"
    TRANSFERRED = "transferred"
    CLOSED = "closed"
    METER_CHANGED = "meter_changed"
    METER_CHANGE_CANCELLED = "meter_change_cancelled"


class Verdict(StrEnum):
    """What a later directory said of a changed fact: the same, or something new that holds."""

    CONFIRMED = "confirmed"
    OVERRULED = "overruled"


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """Facts of a household that a desk may change; None = untouched.

    Attributes:
        installed: When the meter was; may be unknown before or after a change that touches it.
        purchase_counter: Of the meter that was on file then. It goes with its meter.
    """

    status: HouseholdStatus | None = None
    name: str | None = None
    phone: str | None = None
    persons: int | None = None
    relief_per_month: Volume | None = None
    meter_no: str | None = None
    kind: MeterKind | None = None
    installed: date | None = None
    chip: str | None = None
    purchase_counter: int | None = None


FACTS = tuple(AccountFacts.__dataclass_fields__)
GROUPS = (
    ("status",),
    ("name", "phone", "persons", "relief_per_month"),
    ("meter_no", "kind", "installed", "chip"),
)
"""The first of a group leads it."""


@dataclass(frozen=True, slots=True)
class AccountChange:
    """One change of an account, with the facts it changed.

    Attributes:
        before, after: The changed facts only.
        words: Why, or what two people saw.
        approver: The second person, empty where nobody was asked.
        corrects: Id of the change that this one takes back, or empty.
    """

    change_id: str
    account_no: str
    what: AccountEvent
    before: AccountFacts
    after: AccountFacts
    words: str
    approver: str
    at: datetime
    corrects: str = ""

    def touches(self, fact: str) -> bool:
        """Whether it changed a fact."""
        return bool(getattr(self.before, fact) != getattr(self.after, fact))

    def without(self, facts: Iterable[str]) -> AccountChange:
        """What is left of it once these facts are settled."""
        none = dict.fromkeys(facts)
        return replace(self, before=replace(self.before, **none), after=replace(self.after, **none))


@dataclass(frozen=True, slots=True)
class Heard:
    """What a directory said of one fact of a change: it is settled from there on."""

    change_id: str
    account_no: str
    fact: str
    verdict: Verdict
    ours: str
    filed: str


def facts_of(household: Household) -> AccountFacts:
    """All the facts of a household that a desk may change."""
    return AccountFacts(
        status=household.status,
        name=household.name,
        phone=household.phone,
        persons=household.persons,
        relief_per_month=household.relief_per_month,
        meter_no=household.meter.meter_no,
        kind=household.meter.kind,
        installed=household.meter.installed,
        chip=household.chip,
        purchase_counter=household.purchase_counter,
    )


def difference(before: Household, after: Household) -> tuple[AccountFacts, AccountFacts]:
    """The facts in which two states of a household differ, as they were and as they are."""
    old, new = facts_of(before), facts_of(after)
    same = {fact: None for fact in FACTS if getattr(old, fact) == getattr(new, fact)}
    return replace(old, **same), replace(new, **same)


def with_change(household: Household, change: AccountChange) -> Household:
    """A household once a change is made in it."""
    for fact in FACTS:
        if change.touches(fact):
            household = _with_fact(household, fact, getattr(change.after, fact))
    return household


def merged(
    filed: Household, known: Household, changes: Sequence[AccountChange]
) -> tuple[Household, tuple[Heard, ...]]:
    """What a directory says, with the changes made here that it cannot know of yet.

    Args:
        filed: As the directory has it.
        known: As it is on file here, with the changes.
        changes: Made here, oldest first, with the facts that no directory has settled yet.

    A fact as it was before any of them: ours stays. As it is here: confirmed. Anything else: the
    file wins. What was heard is settled, and the next file simply holds.
    """
    heard: list[Heard] = []
    for group in GROUPS:
        filed = _group_merged(filed, known, changes, group, heard)
    return filed, tuple(heard)


def _group_merged(
    filed: Household,
    known: Household,
    changes: Sequence[AccountChange],
    group: tuple[str, ...],
    heard: list[Heard],
) -> Household:
    leader = _verdict(filed, known, changes, group[0])
    touched = [fact for fact in group if any(one.touches(fact) for one in changes)]
    if group[0] in touched and leader is None:
        return _with_group(filed, known, group)
    for fact in touched:
        verdict = _verdict(filed, known, changes, fact)
        if verdict is None and leader is Verdict.OVERRULED:
            verdict = Verdict.OVERRULED
        if verdict is None:
            filed = _with_fact(filed, fact, _value(known, fact))
        else:
            heard += _heard(filed, known, changes, fact, verdict)
    return filed


def _verdict(
    filed: Household, known: Household, changes: Sequence[AccountChange], fact: str
) -> Verdict | None:
    """What a file settles of a fact that was changed here; None: it knows nothing of it yet."""
    said = _value(filed, fact)
    if said == _value(known, fact):
        return Verdict.CONFIRMED
    of_fact = [one for one in changes if one.touches(fact)]
    past = [getattr(side, fact) for one in of_fact for side in (one.before, one.after)]
    return None if said in past else Verdict.OVERRULED


def _heard(
    filed: Household,
    known: Household,
    changes: Sequence[AccountChange],
    fact: str,
    verdict: Verdict,
) -> list[Heard]:
    ours, said = _said(_value(known, fact)), _said(_value(filed, fact))
    return [
        Heard(one.change_id, one.account_no, fact, verdict, ours, said)
        for one in changes
        if one.touches(fact)
    ]


def _said(value: object) -> str:
    match value:
        case None:
            return ""
        case Volume():
            return str(value.litres)
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _with_group(filed: Household, known: Household, group: tuple[str, ...]) -> Household:
    """A group as it is here; the counter goes with its meter."""
    for fact in (*group, "purchase_counter") if group[0] == "meter_no" else group:
        filed = _with_fact(filed, fact, _value(known, fact))
    return filed


def _value(household: Household, fact: str) -> object:
    return getattr(facts_of(household), fact)


def _with_fact(household: Household, fact: str, value: object) -> Household:
    changed: dict[str, Any] = {fact: value}
    if fact in ("meter_no", "kind", "installed"):
        changed = {"meter": replace(household.meter, **changed)}
    return replace(household, **changed)
