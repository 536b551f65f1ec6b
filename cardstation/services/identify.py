"""Opens a card in a reader and says who it is; powers it up anew when asked."""

from __future__ import annotations

from contextlib import ExitStack

from cardstation.domain.card import CardContent
from cardstation.domain.ledger import Entry
from cardstation.domain.meter import MakerRules
from cardstation.domain.tool_card import ToolContent
from cardstation.errors import CardStationError, CardSwapped, ReaderCannotMemory, Refusal, fail
from cardstation.ports.chip import Chip, ChipDriver
from cardstation.ports.layout import Layout
from cardstation.ports.reader import Link, Presence, Reader
from cardstation.ports.tool_layout import ToolLayout
from cardstation.services.station import Station


class Inserted:
    """One insertion of one identified card: its session and what was read from it.

    Attributes:
        image: The whole main memory as last read.
        rules: Of its maker.
        blank_code: What opens a blank of its chip. code_bytes: length of every code of it.
        sealed: Id of the load sealed during this insertion: the card never left the lane since.
        told: What the ledger answered about it during this insertion, None = not asked.
    """

    sealed = ""
    told: tuple[Entry, ...] | None = None

    def __init__(
        self,
        reader: Reader,
        presence: Presence,
        driver: ChipDriver,
        layouts: tuple[Layout, ...],
        station: Station,
    ) -> None:
        self.reader, self.presence = reader, presence
        self._driver = driver
        self._content: CardContent | None = None
        self._link: Link | None = reader.open(presence)
        with ExitStack() as undo:
            undo.callback(self.close)
            self.chip: Chip = driver.attach(self._link)
            self.image = self.chip.read()
            tools = tuple(one for one in station.tool_layouts if one.chip == driver.name)
            self.layout = _layout_of(self.image, layouts, tools)
            self._content = self.layout.decode(self.image)
            self.rules: MakerRules = _rules_of(station, self.layout, self.content)
            self.blank_code = driver.blank_code
            self.code_bytes = len(driver.blank_code)
            undo.pop_all()

    @property
    def content(self) -> CardContent:
        """What is on the card; gone once it is closed."""
        if self._content is None:
            fail("a closed card was asked what is on it")
        return self._content

    def power_cycle(self) -> bytes:
        """Power the card down and up again, identify it anew, and read it.

        Returns:
            The fresh image; `image`, `content` and `chip` are the new session's.

        Raises:
            CardSwapped: another card answers. LinkFailed. Refusal: `card_damaged`.
        """
        self._disconnect()
        self._link = self.reader.open(self.presence)
        self.chip = self._driver.attach(self._link)
        image = self.chip.read()
        content = self.layout.decode(image)
        if content.identity != self.content.identity:
            self._disconnect()
            raise CardSwapped(reader=self.reader.name)
        self.image, self._content = image, content
        return image

    def close(self) -> None:
        """Power the card down and forget what was on it. Never raises; may be called twice."""
        self._disconnect()
        self.image, self._content = b"", None

    def _disconnect(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None


class _InLane:
    """One insertion of a card that nobody identified.

    Attributes:
        image: The whole main memory as last read.
        blank_code: What opens a blank of its chip; empty for a chip without codes.
    """

    def __init__(self, reader: Reader, presence: Presence, driver: ChipDriver) -> None:
        self.reader, self.presence = reader, presence
        self.blank_code = driver.blank_code
        self._driver = driver
        self._link: Link | None = None
        self.power_cycle()

    def power_cycle(self) -> bytes:
        """Power the card down and up again, and read it.

        Raises:
            LinkFailed, ReaderCannotMemory. Refusal: `foreign_card`: it is closed to this reader.
        """
        self.close()
        self._link = self.reader.open(self.presence)
        try:
            self.chip: Chip = self._driver.attach(self._link)
            self.image = self.chip.read()
        except CardStationError:
            self.close()
            raise
        return self.image

    def close(self) -> None:
        """Power the card down. Never raises; may be called twice."""
        if self._link is not None:
            self._link.close()
            self._link = None


class Plastic(_InLane):
    """One insertion of a card as one layout sees it, whoever's it is, or nobody's yet."""

    def __init__(
        self, reader: Reader, presence: Presence, driver: ChipDriver, layout: Layout
    ) -> None:
        self.layout = layout
        super().__init__(reader, presence, driver)


class ToolPlastic(_InLane):
    """One insertion of a card as a layout of tool cards sees it."""

    def __init__(
        self, reader: Reader, presence: Presence, driver: ChipDriver, layout: ToolLayout
    ) -> None:
        self.layout = layout
        super().__init__(reader, presence, driver)


def insert_tool(
    station: Station, reader: Reader, presence: Presence, layout: ToolLayout
) -> ToolPlastic:
    """As `insert_plastic`, for tool cards.

    Raises:
        LinkFailed, ReaderCannotMemory. Refusal: `card_of_other_chip`.
    """
    return ToolPlastic(reader, presence, _driver_of(station, presence, layout.chip), layout)


def insert_plastic(station: Station, reader: Reader, presence: Presence, layout: Layout) -> Plastic:
    """Open the card of an insertion as a card of this layout's chip; nothing is identified.

    Raises:
        LinkFailed, ReaderCannotMemory. Refusal: `card_of_other_chip`.
    """
    return Plastic(reader, presence, _driver_of(station, presence, layout.chip), layout)


def _driver_of(station: Station, presence: Presence, chip: str) -> ChipDriver:
    for driver in station.chips:
        if driver.name == chip and driver.recognises(presence.atr):
            return driver
    raise Refusal("card_of_other_chip", chip=chip)


def insert_card(station: Station, reader: Reader, presence: Presence) -> Inserted:
    """Open the card of an insertion and identify it.

    Raises:
        LinkFailed: a subclass says how. CardServiceGone.
        Refusal: `chip_unknown`, `foreign_card`, `blank_card`, `card_damaged`, `no_maker_rules`,
            `tool_card`.
    """
    stop: Refusal | ReaderCannotMemory | None = None
    for driver in station.chips:
        layouts = tuple(one for one in station.layouts if one.chip == driver.name)
        if not layouts or not driver.recognises(presence.atr):
            continue
        try:
            return Inserted(reader, presence, driver, layouts, station)
        except (Refusal, ReaderCannotMemory) as refused:
            stop = refused if stop is None or _telling(refused) > _telling(stop) else stop
    raise stop or Refusal("chip_unknown", atr=presence.atr.hex())


def _telling(stop: Refusal | ReaderCannotMemory) -> int:
    """Of chips that answer to reset alike only the right one sees what is there; others see FF."""
    known = (
        *("blank_card", "foreign_card", "card_damaged", "no_maker_rules", "layout_key_missing"),
        "tool_card",
    )
    return known.index(stop.code) if stop.code in known else -1


def _layout_of(image: bytes, layouts: tuple[Layout, ...], tools: tuple[ToolLayout, ...]) -> Layout:
    for layout in layouts:
        if layout.recognises(image):
            return layout
    for tool in tools:
        if tool.recognises(image):
            raise _tool_card(tool.decode(image))
    if any(layout.is_blank(image) for layout in layouts):
        raise Refusal("blank_card")
    for layout in layouts:
        _ensure_not_ours_damaged(layout, image)
    raise Refusal("foreign_card")


def _rules_of(station: Station, layout: Layout, content: CardContent) -> MakerRules:
    """Of the maker it names, whose cards have this layout: another's rules are not for it.

    Both purses of one maker count as one layout: `epurse`, `epurse-volume`.
    """
    rules = station.rules_of(content.identity.maker)
    if not f"{layout.code}-".startswith(f"{rules.layout}-"):
        raise Refusal("no_maker_rules", maker=rules.code)
    return rules


def _tool_card(content: ToolContent) -> Refusal:
    card = content.card
    return Refusal(
        "tool_card",
        tool_no=card.tool_no,
        tool=card.tool.value,
        work_order=card.work_order,
        meter_no=card.meter_no,
        station_no=card.station_no,
        uses=len(content.uses),
        of=card.uses,
    )


def _ensure_not_ours_damaged(layout: Layout, image: bytes) -> None:
    try:
        layout.decode(image)
    except Refusal as stop:
        if stop.code != "foreign_card":
            raise
