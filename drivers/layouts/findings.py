"""Says which blocks of a card are whole, and of the others which check or field is wrong.

By the layout's own declaration and checks: nothing here reads a card in a second way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cardstation.domain.card_report import Flaw, Places, PlaceSeen, PlaceState
from cardstation.errors import Refusal
from cardstation.ports.layout import Layout
from drivers.layouts.codec import Declaration, Place
from drivers.layouts.fields import FieldValue
from drivers.layouts.keyed import NO_KEYS, Keys
from drivers.layouts.one_record import OneRecordLayout
from drivers.layouts.two_slot import TwoSlotLayout
from drivers.layouts.zone_pair import ZonePairLayout

_ERASED = 0xFF
PRIVATE = "account_no"


def places_of(layout: Layout, image: bytes) -> Places | None:
    """Every block of an image; None for a layout whose images are no memory of a card.

    Args:
        layout: A registered one, or of a sheet.
        image: Of any length; None, too, when it is not the layout's.
    """
    declaration = getattr(layout, "declaration", None)
    if not isinstance(declaration, Declaration) or len(image) != declaration.size:
        return None
    keys = _keys_of(layout, image)
    return Places(
        tuple(_seen(layout, declaration, place, image, keys) for place in declaration.places),
        tuple(
            range(place.address + field.offset, place.address + field.offset + field.width)
            for place in declaration.places
            for field in place.block.fields
            if field.name == PRIVATE
        ),
    )


def _keys_of(layout: Layout, image: bytes) -> Keys | None:
    """None: some are not here."""
    if not isinstance(layout, OneRecordLayout):
        return NO_KEYS
    try:
        return layout.card_keys(image)
    except Refusal:
        return None


def _seen(
    layout: Layout, declaration: Declaration, place: Place, image: bytes, keys: Keys | None
) -> PlaceSeen:
    data = place.bytes_in(image)
    if keys is None and place.block.key_names:
        seems = place.block.seems(data)
        return PlaceSeen(place.name, PlaceState.CLOSED if seems else PlaceState.BROKEN)
    keys = keys or NO_KEYS
    if place.read(image, keys) is not None:
        return PlaceSeen(place.name, PlaceState.WHOLE)
    blank = any(set(data) == {byte} for byte in declaration.blank)
    if blank or _taken_back(layout, place, data):
        return PlaceSeen(place.name, PlaceState.UNUSED)
    found = (
        replace(one, seen=b"") if one.name == PRIVATE else one for one in flaws(place, data, keys)
    )
    return PlaceSeen(place.name, PlaceState.BROKEN, tuple(found))


def flaws(place: Place, data: bytes, keys: Keys = NO_KEYS) -> Iterator[Flaw]:
    """Which checks and fields of a block's bytes are wrong, whatever they say of anybody.

    What a MAC should be is never said.
    """
    plain = place.block.opened(data, keys)
    for check in place.block.checks:
        covered = plain if place.block.hides(check.offset) else data
        if not check.holds(covered, keys):
            have = covered[check.offset : check.offset + check.width]
            yield Flaw(check.name, have, b"" if check.key else check.value(covered))
    parts = {one.name: plain[one.offset : one.offset + one.width] for one in place.block.fields}
    values: dict[str, FieldValue] = {}
    for field in place.block.fields:
        value = field.decode(parts[field.name])
        if value is None:
            yield Flaw(field.name, parts[field.name])
        else:
            values[field.name] = value
    for rule in place.block.derived if len(values) == len(parts) else ():
        if values[rule.field] != rule.value(values):
            yield Flaw(rule.field, parts[rule.field])


def _taken_back(layout: Layout, place: Place, data: bytes) -> bool:
    """A load that a clearing made unreadable is none that broke."""
    if isinstance(layout, TwoSlotLayout):
        return place in layout.credit_slots and data[0] == _ERASED
    if isinstance(layout, ZonePairLayout):
        check = place.block.check
        zeroed = data[check.offset : check.offset + check.width] == bytes(check.width)
        return zeroed and any(place is zone.desk for zone in layout.zones)
    return False
