"""`training meter`: a virtual meter takes a virtual card of the box."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cardstation.bootstrap.card_box import CardBox
from cardstation.bootstrap.rack_socket import Request, call_rack, note_of
from cardstation.bootstrap.station import open_station
from cardstation.cli.output import plain
from cardstation.domain.card import Quantity
from cardstation.domain.meter import CounterSchool
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.ports.layout import Layout
from cardstation.settings import Settings
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.tear import Tear

FOLDER = "training/meters"


def take_card(settings: Settings, wanted: Request) -> Request:
    """Let the card's meter take it; the meter remembers in the data folder.

    Raises:
        Refusal: `unknown_household`, `foreign_card`, `bad_amount`, `reader_not_empty`.
    """
    with open_station(settings, False) as station:
        box = CardBox(station, settings.home)
        path = box.path(str(wanted["card"]))
        _ensure_in_hand(settings.home, path.stem)
        card = box.take(path.stem)
        layout = next(one for one in station.layouts if one.recognises(card.image))
        place = settings.home / FOLDER / path.name
        school = station.rules_of(layout.decode(card.image).identity.maker).school
        meter = _adjusted(_meter(place, card.image, layout, school), wanted)
        if wanted.get("use"):
            meter.consume(_volume(str(wanted["use"])))
        step = wanted.get("pull_step")
        cut = Tear(step) if isinstance(step, int) else None
        verdict = meter.take(card, at=station.clock.now(), cut=cut)
    place.parent.mkdir(parents=True, exist_ok=True)
    meter.save(place)
    answer = plain(verdict)
    state = plain(meter.state)
    return {**(answer if isinstance(answer, dict) else {}), "meter": state}


def _ensure_in_hand(home: Path, name: str) -> None:
    """A card that lies in the rack's reader cannot be put into a meter."""
    if note_of(home) is not None and call_rack(home, {"do": "list"}).get("in_reader") == name:
        raise Refusal("reader_not_empty", card=name)


def _meter(place: Path, image: bytes, layout: Layout, school: CounterSchool) -> VirtualMeter:
    if place.exists():
        return VirtualMeter.load(place, layout)
    return VirtualMeter.of_card(layout.decode(image), layout, school)


def _adjusted(meter: VirtualMeter, wanted: Request) -> VirtualMeter:
    state = meter.state
    if wanted.get("school"):
        state = replace(state, school=CounterSchool(str(wanted["school"])))
    if wanted.get("residual"):
        state = replace(state, residual=_number(state.quantity(0), str(wanted["residual"])))
    if wanted.get("limit"):
        state = replace(state, hoard=_number(state.quantity(0), str(wanted["limit"])))
    flags = wanted.get("flags")
    if isinstance(flags, list) and flags:
        state = replace(state, faults=frozenset(map(str, flags)))
    meter.state = state
    return meter


def _volume(text: str) -> Volume:
    try:
        return Volume.of_m3(text)
    except ValueError as error:
        raise Refusal("bad_amount", given=text) from error


def _number(unit: Quantity, text: str) -> int:
    """Litres or fen, by what the meter stores."""
    if isinstance(unit, Volume):
        return _volume(text).litres
    try:
        return Money.of_yuan(text).fen
    except ValueError as error:
        raise Refusal("bad_amount", given=text) from error
