"""Says what a card is, known or not: reads it with every chip that may be its, and never more.

No code is presented and nothing is written. What the card is follows from the same
`insert_card` and `read_card` that the counter goes by; the rest explains it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from cardstation.domain.answer_to_reset import is_processor, protocol_of
from cardstation.domain.card import CardContent
from cardstation.domain.card_report import (
    CardReport,
    ChipSeen,
    Difference,
    LayoutSeen,
    OpenWork,
    Places,
    Shape,
    Stop,
    Verdict,
    dump_of,
    masked,
)
from cardstation.domain.household import Household
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import Money
from cardstation.errors import (
    CardMute,
    CardNotGenuine,
    CardRemoved,
    CardStationError,
    CardSwapped,
    LinkFailed,
    PurseRefused,
    ReaderBusy,
    ReaderGone,
    ReaderHung,
    Refusal,
)
from cardstation.ports.chip import ChipDriver
from cardstation.ports.layout import Layout
from cardstation.ports.reader import Presence, Reader
from cardstation.services.identify import insert_card
from cardstation.services.read_card import CardFacts, read_card
from cardstation.services.station import Station

Look = Callable[[Layout, bytes], Places | None]
"""Which blocks of an image are whole: the layouts' own answer (`drivers.layouts.findings`)."""

_NO_CARD = (CardRemoved, CardSwapped, ReaderGone, ReaderBusy, ReaderHung)
_TOLD = (Refusal, LinkFailed, CardNotGenuine, PurseRefused)
_TELLING = tuple(Shape)
_VERDICTS = {
    "tool_card": Verdict.TOOL,
    "blank_card": Verdict.BLANK,
    "foreign_card": Verdict.OTHER_UTILITY,
    "card_damaged": Verdict.OURS_DAMAGED,
    "no_maker_rules": Verdict.OTHER_AREA,
    "chip_unknown": Verdict.NOT_A_GAS_CARD,
}
"""Refusals that a verdict says by itself."""
_TOOL = "tool_card"
"""Its refusal says more: which tool, made against which order."""
_KEY_MISSING = "layout_key_missing"
"""One of ours, for all that can be read without the key; which key it is has to be said."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A card as one chip read it."""

    chip: ChipSeen
    image: bytes = b""
    content: CardContent | None = None
    private: tuple[range, ...] | None = None

    @property
    def rank(self) -> int:
        """The most telling first, unread last."""
        return len(_TELLING) if self.chip.shape is None else _TELLING.index(self.chip.shape)


def examine_card(station: Station, reader: Reader, presence: Presence, look: Look) -> CardReport:
    """Read whatever lies in a reader and say what it is; no link to it may be open.

    Raises:
        LinkFailed: the card or the reader went away, or is another program's. CardServiceGone.
        Mishap: who holds the keys of purses does not answer.
    """
    facts, stop = _judged(station, reader, presence)
    seen = sorted(_as_every_chip(station, reader, presence, look), key=lambda one: one.rank)
    best = seen[0] if seen else _Read(ChipSeen("", ""))
    home = facts.household if facts else None
    content = facts.content if facts else best.content
    private = () if home else best.private
    with station.store.reading() as reading:
        clerk = reading.shifts.on_duty() or station.clerk
    return CardReport(
        company=station.company,
        station=station.name,
        clerk=clerk,
        made_at=station.clock.now(),
        training=station.training,
        reader=reader.name,
        atr=presence.atr,
        protocol=protocol_of(presence.atr),
        verdict=_verdict(presence.atr, facts, stop, best.chip.shape),
        chips=tuple(one.chip for one in seen),
        stop=_stop(facts, stop),
        content=content if content is None or home else _without_account(content),
        on_file=home is not None,
        differences=tuple(_differences(content, home)) if content and home else (),
        intent=_open_work(facts),
        warnings=facts.warnings if facts else (),
        traps=facts.rules.traps if facts else (),
        dump=() if best.private is None else dump_of(best.image, private or ()),
    )


def _judged(
    station: Station, reader: Reader, presence: Presence
) -> tuple[CardFacts | None, CardStationError | None]:
    """What the counter would say of it: facts, or why there are none."""
    try:
        with closing(insert_card(station, reader, presence)) as card:
            return read_card(station, card), None
    except _NO_CARD:
        raise
    except _TOLD as stop:
        return None, stop


def _as_every_chip(
    station: Station, reader: Reader, presence: Presence, look: Look
) -> Iterator[_Read]:
    """Only chips with a layout are read: a memory that is asked in another's way may be changed."""
    for driver in station.chips:
        if not driver.recognises(presence.atr):
            continue
        layouts = tuple(one for one in station.layouts if one.chip == driver.name)
        if layouts:
            yield _as_chip(driver, layouts, reader, presence, look)
        else:
            yield _Read(ChipSeen(driver.name, driver.title))


def _as_chip(
    driver: ChipDriver, layouts: tuple[Layout, ...], reader: Reader, presence: Presence, look: Look
) -> _Read:
    try:
        with closing(reader.open(presence)) as link:
            chip = driver.attach(link)
            image, tries, every = chip.read(), chip.tries_left(), chip.all_tries
    except _NO_CARD:
        raise
    except _TOLD as stop:
        return _Read(ChipSeen(driver.name, driver.title, stop=stop.code))
    found = sorted(
        (_as_layout(layout, image, look) for layout in layouts),
        key=lambda one: _TELLING.index(one[0].shape),
    )
    _, content, places = found[0]
    seen = ChipSeen(
        driver.name,
        driver.title,
        size=len(image),
        tries_left=tries,
        all_tries=every,
        layouts=tuple(one for one, _, _ in found),
    )
    return _Read(seen, image, content, None if places is None else places.private)


def _as_layout(
    layout: Layout, image: bytes, look: Look
) -> tuple[LayoutSeen, CardContent | None, Places | None]:
    places = look(layout, image)
    shape, content = _shape(layout, image)
    if shape in (Shape.STRANGE, Shape.BLANK):
        none = None if places is None else Places((), ())
        return LayoutSeen(layout.code, shape), None, none
    return LayoutSeen(layout.code, shape, places.seen if places else ()), content, places


def _shape(layout: Layout, image: bytes) -> tuple[Shape, CardContent | None]:
    """In the order in which `insert_card` asks."""
    if not layout.recognises(image) and layout.is_blank(image):
        return Shape.BLANK, None
    try:
        content = layout.decode(image)
    except Refusal as stop:
        shapes = {"foreign_card": Shape.STRANGE, _KEY_MISSING: Shape.KNOWN}
        return shapes.get(stop.code, Shape.DAMAGED), None
    return (Shape.TORN if layout.is_torn(image) else Shape.KNOWN), content


def _verdict(
    atr: bytes, facts: CardFacts | None, stop: CardStationError | None, shape: Shape | None
) -> Verdict:
    if facts is not None:
        if shape is Shape.TORN:
            return Verdict.OURS_TORN
        return Verdict.OURS if facts.content.credit is not None else Verdict.OURS_DAMAGED
    code = stop.code if stop else ""
    if code == _KEY_MISSING:
        return Verdict.OTHER_AREA
    if isinstance(stop, LinkFailed) or (not atr and code == "chip_unknown"):
        return Verdict.MUTE
    strange = isinstance(stop, CardNotGenuine | PurseRefused)
    if is_processor(atr) and (strange or code in ("foreign_card", "chip_unknown")):
        return Verdict.CPU_CARD_FOREIGN
    return _VERDICTS.get(code, Verdict.OURS_DAMAGED)


def _stop(facts: CardFacts | None, stop: CardStationError | None) -> Stop | None:
    """What the verdict does not say already; no account number that is not on file."""
    found = facts.stop if facts else stop
    said = found is None or found.code in _VERDICTS.keys() - {_TOOL}
    if found is None or said or isinstance(found, CardMute):
        return None
    values = dict(found.values)
    unknown = facts is None or facts.household is None
    if unknown and "account_no" in values:
        values["account_no"] = masked(str(values["account_no"]))
    return Stop(found.code, values)


def _without_account(content: CardContent) -> CardContent:
    who = content.identity
    return replace(content, identity=replace(who, account_no=masked(who.account_no)))


def _open_work(facts: CardFacts | None) -> OpenWork | None:
    found = facts.intent if facts else None
    if found is None:
        return None
    return OpenWork(found.code, found.money, found.since, found.origin)


def _differences(content: CardContent, home: Household) -> Iterator[Difference]:
    who = content.identity
    kind = MeterKind.MONEY if isinstance(content.limits.hoard, Money) else MeterKind.VOLUME
    compared = (
        ("card_no", who.card_no, home.card_no),
        ("meter_no", who.meter_no, home.meter.meter_no),
        ("generation", str(who.generation), str(home.generation)),
        ("kind", kind.value, home.meter.kind.value),
    )
    for what, on_card, on_file in compared:
        if on_card != on_file:
            yield Difference(what, on_card, on_file)
