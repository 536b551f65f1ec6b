"""What a layout from a sheet must hold, looked at one by one; for `cardstation layout check`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from cardstation.domain.card import CardIdentity, CardType, Credit, WritePlan
from cardstation.domain.meter import MakerRules
from cardstation.domain.money import Money
from cardstation.domain.new_card import NEVER_MET, new_content
from cardstation.errors import Refusal, fail
from cardstation.ports.layout import Layout
from drivers.layouts.fields import FieldValue
from drivers.layouts.findings import flaws
from drivers.layouts.one_record import OneRecordLayout
from drivers.layouts.sheet import Sheet, SheetExample
from drivers.layouts.tears import torn_images


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    name: str
    ok: bool
    found: str


def prove(sheet: Sheet, others: Sequence[Layout]) -> tuple[Finding, ...]:
    """Everything a sheet's layout must hold, on every example of it.

    Args:
        sheet: The layout and its cards.
        others: Layouts that are registered, none of which may know these cards.
    """
    findings = [Finding("sheet", True, _accounted(sheet.layout))]
    findings.append(Finding("examples", bool(sheet.examples), f"{len(sheet.examples)} cards"))
    for example in sheet.examples:
        findings += _of_example(sheet.layout, example, others)
    if sheet.rules is not None and all(one.ok for one in findings):
        findings += _services(sheet, sheet.rules)
    return tuple(findings)


def _accounted(layout: OneRecordLayout) -> str:
    """A declaration that leaves a bit to nobody cannot be made; here is what it has."""
    sheet = layout.declaration
    spare = sum(map(len, sheet.spare))
    fields = sum(len(place.block.fields) for place in sheet.places)
    return f"{sheet.size - sheet.first} bytes: {fields} fields, {spare} bytes spare"


def _of_example(
    layout: OneRecordLayout, example: SheetExample, others: Sequence[Layout]
) -> Iterator[Finding]:
    name = example.name
    right = len(example.image) == layout.declaration.size
    yield Finding(f"{name}: size", right, f"{len(example.image)} bytes")
    if not right:
        return
    values = layout.values(example.image)
    if values is None:
        yield Finding(f"{name}: readable", False, "; ".join(_unreadable(layout, example.image)))
        return
    shown = {key: said(value) for key, value in values.items()}
    wrong = [
        f"{key} is {shown.get(key, 'not there')}, not {meant}"
        for key, meant in example.values.items()
        if shown.get(key) != meant
    ]
    yield Finding(f"{name}: means what it should", not wrong, "; ".join(wrong) or "as stated")
    yield Finding(f"{name}: same bytes again", *_encoded(layout, example.image))
    known = [one.code for one in (layout, *others) if one.recognises(example.image)]
    yield Finding(f"{name}: known once", known == [layout.code], ", ".join(known) or "by none")
    yield from _bought(layout, example)


def _unreadable(layout: OneRecordLayout, image: bytes) -> Iterator[str]:
    for place in layout.declaration.places:
        for flaw in flaws(place, place.bytes_in(image), layout.card_keys(image)):
            name, seen = f"{place.name}.{flaw.name}", flaw.seen.hex(" ").upper()
            wanted = flaw.wanted.hex(" ").upper()
            yield f"{name} is {seen}, computed {wanted}" if wanted else f"{name} cannot be {seen}"


def _encoded(layout: OneRecordLayout, image: bytes) -> tuple[bool, str]:
    keys = layout.card_keys(image)
    for place in layout.declaration.places:
        record = place.read(image, keys)
        if record is None or place.block.encode(record.values, keys) != place.bytes_in(image):
            return False, place.name
    return True, "every place"


def _bought(layout: OneRecordLayout, example: SheetExample) -> Iterator[Finding]:
    """A next load, planned, read back, and torn at every byte and every value between."""
    try:
        shown = layout.decode(example.image)
    except Refusal as stop:
        yield Finding(f"{example.name}: a load", False, stop.code)
        return
    if shown.credit is None:
        yield Finding(f"{example.name}: a load", False, "the card shows no readable load")
        return
    try:
        plan = layout.plan_load(example.image, next_load(shown.credit))
    except Refusal as stop:
        yield Finding(f"{example.name}: a load", False, f"{stop.code} {stop.values}")
        return
    after = layout.decode(plan.target)
    right = after.credit is not None and after.pending == after.credit.quantity
    yield Finding(f"{example.name}: a load waits", right, "written, read back, not yet taken")
    torn = map(bytes, torn_images(plan.before, plan.spans))
    yield torn_finding(layout, f"{example.name}: torn load", plan, torn)


def torn_finding(
    layout: OneRecordLayout, name: str, plan: WritePlan, images: Iterable[bytes]
) -> Finding:
    """What torn cards show: the load before or the one after, taken or not as it was or shall be.

    Args:
        layout: The cards' layout.
        name: Of the finding.
        plan: What was torn.
        images: Cards that were pulled out of it.
    """
    seen = {"old": 0, "new": 0, "found out": 0, "WRONG": 0}
    old, new = _shown(layout, plan.before), _shown(layout, plan.target)
    for image in images:
        shown = _shown(layout, image)
        if shown is None:
            seen["found out"] += 1
        else:
            seen["old" if shown == old else "new" if shown == new else "WRONG"] += 1
    told = ", ".join(f"{count} {what}" for what, count in seen.items())
    return Finding(name, not seen["WRONG"], f"{told} states")


def _shown(layout: OneRecordLayout, image: bytes) -> object | None:
    """The load and whether it waits; None when the card says that it is torn."""
    try:
        content = layout.decode(image)
    except Refusal:
        return None
    if content.credit is None or content.returned is None:
        return None
    return content.credit, content.pending


def _services(sheet: Sheet, rules: MakerRules) -> Iterator[Finding]:
    """What these cards allow beside a sale; one that allows less is no worse for that."""
    layout, card = sheet.layout, sheet.examples[0].image
    blank = card[: layout.declaration.first].ljust(len(card), bytes(layout.declaration.blank[:1]))
    identity = layout.decode(card).identity
    new = {
        CardType.OPENING: replace(identity, card_type=CardType.OPENING),
        CardType.REISSUE: replace(identity, card_type=CardType.REISSUE, generation=1),
    }
    no = [
        f"{kind}: {why}"
        for kind, one in new.items()
        if (why := _refused(partial(_issued, layout, blank, one, rules)))
    ]
    yield Finding(
        "opening and reissue can be issued", True, f"no, {'; '.join(no)}" if no else "yes"
    )
    why = _refused(partial(layout.plan_wipe, card, bytes(4)))
    yield Finding("can be cleared", True, f"no, {why}" if why else "yes")


def _issued(
    layout: OneRecordLayout, blank: bytes, identity: CardIdentity, rules: MakerRules
) -> WritePlan:
    [kind] = rules.kinds
    made = new_content(identity, rules, kind, tiers=(), at=NEVER_MET, station_no=1, mark=b"made")
    credit = made.credit or fail("a new card has a credit")
    returned = made.returned or fail("a new card has an answer to be written over")
    return layout.plan_issue(blank, identity, credit, made.limits, made.price, returned)


def _refused(planner: Callable[[], WritePlan]) -> str:
    """What stops a plan, empty when nothing does."""
    try:
        planner()
    except Refusal as stop:
        return str(stop.values.get("field", stop.code))
    return ""


def next_load(credit: Credit) -> Credit:
    """35 m³ or 350 yuan more than what a card shows."""
    unit, load = type(credit.quantity), 35_000
    total = credit.cumulative
    before = total.fen if isinstance(total, Money) else total.litres
    return replace(
        credit,
        quantity=unit(load),
        purchase_counter=credit.purchase_counter + 1,
        cumulative=unit(before + load),
        loaded_at=datetime(2026, 11, 3, 9, 30, tzinfo=UTC),
        mark=b"next",
    )


def said(value: FieldValue) -> str:
    """A value as a sheet's example writes it."""
    match value:
        case bytes():
            return value.hex().upper()
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case frozenset():
            return " ".join(sorted(value))
        case _:
            return str(value)
