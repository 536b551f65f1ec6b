"""Puts purses beside the station's own chips, with who holds their keys (docs/purse-cards.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace

from cardstation.bootstrap.rack_socket import use_served_stack
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.errors import CardServiceGone, LinkFailed, Mishap, Refusal
from cardstation.ports.purse import PurseKeys
from cardstation.services.station import Station
from cardstation.settings import FILE_NAME, Settings
from drivers.keys.held_purse_keys import HeldPurseKeys
from drivers.keys.psam import PsamPurseKeys
from drivers.keys.purse_keys import SoftwarePurseKeys, training_masters
from drivers.keys.purse_secrets import PIN, load_purse_masters, load_purse_secret
from drivers.makers.purse_cards import PURSE_CARDS
from drivers.purses import PURSES
from drivers.purses.chip import PurseChipDriver
from drivers.purses.layout import PurseLayout
from drivers.purses.volume_chip import VolumePurseChipDriver
from drivers.purses.volume_layout import VolumePurseLayout
from drivers.readers.pcsc import PcscRoom

TRAINING, SOFTWARE, PSAM, TOKEN = "training", "software", "psam", "token"
LEVEL_BYTES = 8
_CHIPS = {MeterKind.MONEY: PurseChipDriver, MeterKind.VOLUME: VolumePurseChipDriver}
_LAYOUTS = {MeterKind.MONEY: PurseLayout, MeterKind.VOLUME: VolumePurseLayout}
MODULE_S = 2.0
"""A module that is not seated within this time is not there."""


@contextmanager
def purses_beside(station: Station, settings: Settings) -> Iterator[Station]:
    """The station and its purses; module and token are let go at the end.

    No key is touched before a card needs it.

    Raises:
        Refusal: `bad_setting`.
    """
    if not settings.purse_keys:
        yield station
        return
    rules = purse_rules(settings, station.makers)
    with closing(purse_keys(settings)) as keys:
        yield with_purses(station, keys, rules)


def with_purses(station: Station, keys: PurseKeys, rules: MakerRules = PURSE_CARDS) -> Station:
    """The station with every registered purse, of one maker."""
    chips = [_CHIPS[one.counts](one, keys) for one in PURSES]
    layouts = [_LAYOUTS[one.counts](one.name, rules.code) for one in PURSES]
    return replace(
        station,
        chips=(*station.chips, *chips),
        layouts=(*station.layouts, *layouts),
        makers=(*station.makers, rules),
    )


def purse_rules(settings: Settings, taken: Sequence[MakerRules]) -> MakerRules:
    """What the maker of this desk's purses allows.

    Raises:
        Refusal: `bad_setting`: no maker, one that is in use, or published keys at a real desk.
    """
    training = settings.purse_keys == TRAINING
    if training and not settings.training:
        raise _wrong("purse_keys", f"{SOFTWARE} | {PSAM} | {TOKEN}")
    code = settings.purse_maker or (PURSE_CARDS.code if training else "")
    if not code or code in {one.code for one in taken}:
        raise _wrong("purse_maker", "a maker's code that no other cards have")
    return replace(PURSE_CARDS, code=code, training=training)


def purse_keys(settings: Settings) -> HeldPurseKeys:
    """The holder of this desk's keys, reached for when it is first asked.

    Raises:
        Refusal: `bad_setting`.
    """
    levels = levels_of(settings)
    for key in _NEEDED.get(settings.purse_keys, ()):
        if not getattr(settings, key):
            raise _wrong(key, f"said, for purse_keys = {settings.purse_keys}")
    reach = _HOLDERS[settings.purse_keys]
    return HeldPurseKeys(lambda: reach(settings, levels))


def levels_of(settings: Settings) -> tuple[bytes, ...]:
    """Factors of the levels above the card's own, uppermost first.

    Raises:
        Refusal: `bad_setting`.
    """
    parts = [one.strip() for one in settings.purse_levels.split(",") if one.strip()]
    try:
        levels = tuple(map(bytes.fromhex, parts))
    except ValueError:
        levels = (b"",)
    if any(len(one) != LEVEL_BYTES for one in levels):
        raise _wrong("purse_levels", "16 hex digits for each level, commas between")
    return levels


def is_module(settings: Settings, reader: str) -> bool:
    """The secure module sits in this reader: no card of a customer is ever looked for there."""
    wanted = settings.purse_reader if settings.purse_keys == PSAM else ""
    return bool(wanted) and wanted.lower() in reader.lower()


def said_of_purses(settings: Settings, taken: Sequence[MakerRules]) -> str:
    """Who holds the keys, asked now, and for which cards; nothing secret.

    Raises:
        Refusal, Mishap: what is wrong with settings or holder.
    """
    if not settings.purse_keys:
        return "none"
    code = purse_rules(settings, taken).code
    with closing(purse_keys(settings)) as keys:
        terminal = keys.terminal.hex()
    where = {PSAM: settings.purse_reader, TOKEN: settings.purse_token}.get(settings.purse_keys, "")
    holder = f"{settings.purse_keys} {where}".strip()
    return f"{code}, {holder}, terminal {terminal}"


Levels = tuple[bytes, ...]


@contextmanager
def _training(settings: Settings, levels: Levels) -> Iterator[PurseKeys]:
    yield SoftwarePurseKeys(replace(training_masters(), levels=levels), _terminal(settings))


@contextmanager
def _software(settings: Settings, levels: Levels) -> Iterator[PurseKeys]:
    yield SoftwarePurseKeys(load_purse_masters(settings.home, levels), _terminal(settings))


@contextmanager
def _module(settings: Settings, levels: Levels) -> Iterator[PurseKeys]:
    """The module in its slot, in a session of its own: it stays powered while the desk is open."""
    use_served_stack(settings.home)
    silent = Mishap("psam_silent", reader=settings.purse_reader)
    with closing(PcscRoom(settings.watchdog_s)) as room:
        try:
            [slot] = [one for one in room.readers() if is_module(settings, one.name)]
            presence = slot.wait_card(MODULE_S)
            if presence is None:
                raise silent
            link = slot.open(presence)
        except (LinkFailed, CardServiceGone, ValueError) as error:
            raise silent from error
        with closing(link):
            yield PsamPurseKeys(link, levels=levels)


@contextmanager
def _token(settings: Settings, levels: Levels) -> Iterator[PurseKeys]:
    pin = load_purse_secret(settings.home, PIN)
    try:
        from drivers.keys.hsm import HsmPurseKeys, open_token

        with open_token(settings.purse_library, settings.purse_token, pin) as session:
            yield HsmPurseKeys(session, _terminal(settings), levels=levels)
    except ImportError as error:
        raise Mishap("hsm_silent", reason=str(error.name)) from error


_HOLDERS: Mapping[str, Callable[[Settings, Levels], AbstractContextManager[PurseKeys]]] = {
    TRAINING: _training,
    SOFTWARE: _software,
    PSAM: _module,
    TOKEN: _token,
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    PSAM: ("purse_reader",),
    TOKEN: ("purse_library", "purse_token"),
}


def _terminal(settings: Settings) -> bytes:
    return bytes(4) + settings.station_no.to_bytes(2)


def _wrong(key: str, expected: str) -> Refusal:
    return Refusal("bad_setting", file=FILE_NAME, key=key, expected=expected)
