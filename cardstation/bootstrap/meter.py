"""`training meter`: a virtual meter takes a virtual card of the box."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from cardstation.bootstrap.card_box import CardBox
from cardstation.bootstrap.rack_socket import Request, call_rack, note_of
from cardstation.bootstrap.station import open_station
from cardstation.cli.output import plain
from cardstation.domain.card import CardContent, Quantity
from cardstation.domain.meter import CounterSchool
from cardstation.domain.money import Money
from cardstation.domain.tool_card import Tool
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal
from cardstation.ports.layout import Layout
from cardstation.services.station import Station
from cardstation.settings import Settings
from drivers.virtual.card import VirtualCard
from drivers.virtual.meter import MeterVerdict, ToolVerdict, VirtualMeter
from drivers.virtual.meter_errors import shown_as
from drivers.virtual.meter_life import new_battery, tampered
from drivers.virtual.purse_card import VirtualPurseCard
from drivers.virtual.purse_meter import PurseMeter
from drivers.virtual.tear import Tear
from drivers.virtual.tool_maker import make_tool_card

FOLDER = "training/meters"


def take_card(settings: Settings, wanted: Request) -> Request:
    """Let the card's meter take it; the meter remembers in the data folder.

    Raises:
        Refusal: `unknown_household`, `foreign_card`, `bad_amount`, `bad_request` (a purse's meter
            does nothing but take it), `reader_not_empty`.
    """
    with open_station(settings, False) as station:
        box = CardBox(station, settings.home)
        path = box.path(str(wanted["card"]))
        _ensure_in_hand(settings.home, path.stem)
        card = box.take(path.stem)
        if isinstance(card.chip, VirtualPurseCard):
            return _of_purse(card, station.clock.now(), wanted)
        layout = next(one for one in station.layouts if one.recognises(card.image))
        into = Path(str(wanted.get("into") or path.stem)).name
        place = settings.home / FOLDER / f"{into}.json"
        school = station.rules_of(layout.decode(card.image).identity.maker).school
        meter = _adjusted(_meter(place, card.image, layout, school), wanted)
        _named(station, meter, layout.decode(card.image))
        now = station.clock.now()
        _lived(meter, now.date(), wanted)
        tool = _tool_card(box, meter, card, now, wanted)
        did = _used(meter, card, tool, now, wanted)
    place.parent.mkdir(parents=True, exist_ok=True)
    meter.save(place)
    return {**_said(did), "meter": plain(meter.state), "display": shown_as(meter.state.error)}


def _of_purse(card: VirtualCard, now: datetime, wanted: Request) -> Request:
    """What a meter keeps of a purse stands on the card; more is not played here."""
    more = sorted(name for name, value in wanted.items() if value and name != "card")
    if more:
        raise Refusal("bad_request", given=", ".join(more))
    meter = PurseMeter.of_purse(card)
    return {**_said(meter.take(card, at=now)), "display": shown_as(meter.state.error)}


def _said(did: object) -> Request:
    answer = plain(did)
    return answer if isinstance(answer, dict) else {}


def _lived(meter: VirtualMeter, today: date, wanted: Request) -> None:
    """Days passed, with so much gas wanted on each; or gas is used at once."""
    volume = _volume(str(wanted["use"])) if wanted.get("use") else NO_GAS
    days = wanted.get("days")
    for ago in reversed(range(days if isinstance(days, int) else 0)):
        meter.live(today - timedelta(ago), volume)
    if volume and not days:
        meter.consume(volume)
    if how := wanted.get("tamper"):
        meter.state = tampered(meter.state, str(how))
    if wanted.get("new_battery"):
        meter.state = new_battery(meter.state)


def _tool_card(
    box: CardBox, meter: VirtualMeter, card: VirtualCard, now: datetime, wanted: Request
) -> VirtualCard | None:
    """One that a desk made, by its name in the box; or one that the trainer has at hand."""
    if name := wanted.get("tool_card"):
        _ensure_in_hand(box.home, str(name))
        return box.take(str(name))
    if tool := wanted.get("tool"):
        return make_tool_card(Tool(str(tool)), meter.state.meter_no, now, chip=card.chip.kind)
    return None


def _used(
    meter: VirtualMeter,
    card: VirtualCard,
    tool: VirtualCard | None,
    now: datetime,
    wanted: Request,
) -> MeterVerdict | ToolVerdict:
    """The card, or a fitter's tool card, goes in."""
    step = wanted.get("pull_step")
    cut = Tear(step) if isinstance(step, int) else None
    if tool is not None:
        return meter.use(tool, at=now, cut=cut)
    return meter.take(card, at=now, cut=cut, backwards=bool(wanted.get("backwards")))


def _ensure_in_hand(home: Path, name: str) -> None:
    """A card that lies in the rack's reader cannot be put into a meter."""
    if note_of(home) is not None and call_rack(home, {"do": "list"}).get("in_reader") == name:
        raise Refusal("reader_not_empty", card=name)


def _meter(place: Path, image: bytes, layout: Layout, school: CounterSchool) -> VirtualMeter:
    if place.exists():
        return VirtualMeter.load(place, layout)
    return VirtualMeter.of_card(layout.decode(image), layout, school)


def _named(station: Station, meter: VirtualMeter, content: CardContent) -> None:
    """An opening card names no meter: the one on file for its household takes it."""
    if meter.state.meter_no:
        return
    with station.store.reading() as reading:
        household = reading.households.get(content.identity.account_no)
    if household is not None:
        meter.state = replace(meter.state, meter_no=household.meter.meter_no)


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
