"""Who holds the keys of purses is for the settings to say; the station then sells to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cardstation.bootstrap import purses
from cardstation.bootstrap.card_box import CardBox
from cardstation.bootstrap.doctor import look_at_everything
from cardstation.bootstrap.entry import doors
from cardstation.bootstrap.libraries import AllReaders, shelf_of
from cardstation.bootstrap.meter import take_card
from cardstation.bootstrap.purses import is_module, levels_of, said_of_purses
from cardstation.bootstrap.station import open_station
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main
from cardstation.domain.meter import MeterKind
from cardstation.errors import CardNotGenuine, Mishap, Refusal
from cardstation.ports.purse import PurseKeys
from cardstation.settings import Settings, load_settings, save_setting
from drivers.keys.held_purse_keys import HeldPurseKeys
from drivers.keys.purse_keys import training_masters
from drivers.keys.purse_secrets import (
    MASTERS,
    PIN,
    keep_purse_secret,
    load_purse_masters,
    load_purse_secret,
    place_of_purse_secret,
)
from drivers.keys.secret import Secret
from drivers.makers import MAKERS
from drivers.readers.pcsc import PcscRoom
from drivers.virtual.psam import TERMINAL, VirtualPsam
from tests.kit.purse_station import HOUSEHOLD
from tests.kit.purses import PurseDesk, psam, software, stranger_masters

LEVEL = "0000000000510100"


def set_up(home: Path, **changed: str | bool) -> Settings:
    save_setting(home, **changed)
    return load_settings(home, {})


def keep_masters(home: Path, *names: str) -> None:
    masters = training_masters()
    for name in names:
        secret = getattr(masters, name)
        assert keep_purse_secret(home, name, secret, keyring_first=False) == "file"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.keys.purse_secrets.read_keyring", lambda _name: None)
    monkeypatch.setattr("drivers.keys.purse_secrets.write_keyring", lambda _name, _secret: False)


def test_a_desk_takes_purses_when_its_settings_say_who_holds_their_keys(home: Path) -> None:
    with open_station(load_settings(home, {}), True) as station:
        assert "epurse" not in {chip for chip, _ in station.card_kinds}
    settings = set_up(home, purse_keys="training")
    with open_station(settings, True) as station:
        assert ("epurse", MeterKind.MONEY) in station.card_kinds
        assert station.rules_of("CSP1").training
    settings = set_up(home, purse_keys="software", purse_maker="CP10", purse_levels=LEVEL)
    with open_station(settings, True) as station:
        assert not station.rules_of("CP10").training


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"purse_keys": "training", "training": False}, "purse_keys"),
        ({"purse_keys": "software"}, "purse_maker"),
        ({"purse_keys": "training", "purse_maker": "CS10"}, "purse_maker"),
        ({"purse_keys": "psam", "purse_maker": "CP10"}, "purse_reader"),
        ({"purse_keys": "token", "purse_maker": "CP10", "purse_token": "gas"}, "purse_library"),
        ({"purse_keys": "training", "purse_levels": "5101"}, "purse_levels"),
        ({"purse_keys": "training", "purse_levels": "city"}, "purse_levels"),
    ],
)
def test_settings_that_cannot_be_right_open_no_desk(
    home: Path, changed: dict[str, str | bool], key: str
) -> None:
    settings = set_up(home, **changed)
    with pytest.raises(Refusal, match="bad_setting") as wrong, open_station(settings, True):
        pytest.fail("it opened")
    assert wrong.value.values["key"] == key
    with pytest.raises(Refusal, match="bad_setting"):
        save_setting(home, purse_keys="somebody")


def test_masters_are_kept_beside_the_card_master_and_shown_nowhere(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = set_up(home, purse_keys="software", purse_maker="CP10", purse_levels=LEVEL)
    with pytest.raises(Refusal, match="purse_secret_missing"):
        load_purse_masters(home, levels_of(settings))
    keep_masters(home, *MASTERS)
    assert [place_of_purse_secret(home, name) for name in (*MASTERS, PIN)] == ["file"] * 4 + [""]
    assert said_of_purses(settings, MAKERS) == "CP10, software, terminal 000000000001"
    with open_station(settings, True) as station:
        driver = station.chips[-1]
        shown = caplog.text + repr(station) + repr(driver) + (home / "settings.toml").read_text()
    for name in MASTERS:
        secret = getattr(training_masters(), name)
        assert load_purse_secret(home, name) == secret
        assert (home / f"purse-{name}.key").stat().st_mode & 0o077 == 0
        assert secret.reveal().hex() not in shown
    with pytest.raises(Refusal, match="purse_secret_malformed"):
        keep_purse_secret(home, "load", Secret(bytes(15)))
    with pytest.raises(Refusal, match="purse_secret_malformed"):
        keep_purse_secret(home, PIN, Secret(b""))


def test_a_desk_without_the_internal_master_checks_no_tac(home: Path) -> None:
    keep_masters(home, *MASTERS[:3])
    assert load_purse_masters(home).internal is None
    keep_masters(home, MASTERS[3])
    assert load_purse_masters(home).internal is not None


def test_a_training_desk_makes_such_cards_and_lets_their_meter_take_them(home: Path) -> None:
    settings = set_up(home, purse_keys="training")
    with open_station(settings, True) as station:
        with station.store.unit() as unit:
            unit.households.put([HOUSEHOLD])
            unit.commit()
        box = CardBox(station, home)
        assert box.take(box.make(HOUSEHOLD).stem).chip.kind == "epurse"
    card = {"card": HOUSEHOLD.card_no}
    with pytest.raises(Refusal, match="bad_request"):
        take_card(settings, {**card, "use": "3", "flags": [], "days": None})
    first, second = take_card(settings, dict(card)), take_card(settings, dict(card))
    assert (first["taking"], second["taking"]) == ("already_taken", "already_taken")


class Slot:
    """Counts how often its holder is reached for and let go."""

    def __init__(self, *holders: PurseKeys) -> None:
        self.holders, self.reached, self.gone = list(holders), 0, 0

    @contextmanager
    def __call__(self) -> Iterator[PurseKeys]:
        self.reached += 1
        try:
            yield self.holders[min(self.reached, len(self.holders)) - 1]
        finally:
            self.gone += 1


def test_a_holder_is_reached_for_once_and_let_go_at_the_end() -> None:
    slot = Slot(software())
    keys = HeldPurseKeys(slot)
    assert slot.reached == 0
    desk = PurseDesk(keys)
    plan = desk.planned()
    tac = desk.powered().load(plan, keys)
    assert keys.tac_fits(plan, tac)
    assert keys.terminal == TERMINAL
    assert keys.authentication(desk.chip.serial, bytes(8)) == software().authentication(
        desk.chip.serial, bytes(8)
    )
    given = (desk.chip.serial, bytes(4), bytes.fromhex("04D69500"), b"1")
    line = keys.protected(*given, encrypted=True)
    assert line == software().protected(*given, encrypted=True)
    assert (slot.reached, slot.gone) == (1, 0)
    keys.close()
    assert (slot.reached, slot.gone) == (1, 1)


class Unseated:
    """A module whose contacts are gone."""

    terminal = TERMINAL

    def accept(self, *_asked: object) -> bytes:
        raise Mishap("psam_silent", reader="slot")


def test_a_module_that_was_seated_again_is_asked_anew() -> None:
    slot = Slot(Unseated(), psam())  # type: ignore[arg-type]
    keys = HeldPurseKeys(slot)
    desk = PurseDesk(keys)
    with pytest.raises(Mishap, match="psam_silent"):
        desk.planned()
    assert slot.gone == 1
    assert desk.planned().before.sequence == 0
    assert (slot.reached, slot.gone) == (2, 1)


def test_a_foreign_card_lets_no_module_go() -> None:
    slot = Slot(psam(VirtualPsam(stranger_masters())))
    keys = HeldPurseKeys(slot)
    with pytest.raises(CardNotGenuine):
        PurseDesk(keys).planned()
    assert slot.gone == 0


class Named:
    """A reader with a name and, perhaps, a module."""

    def __init__(self, name: str) -> None:
        self.name = name


def test_the_modules_reader_never_becomes_a_lane(home: Path) -> None:
    settings = set_up(home, purse_keys="psam", purse_maker="CP10", purse_reader="SAM 01")
    names = ["ACS ACR39U ICC 00 00", "ACS ACR33 SAM 01 00"]
    assert [is_module(settings, name) for name in names] == [False, True]

    class Room:
        def readers(self) -> tuple[Named, ...]:
            return tuple(map(Named, names))

        def close(self) -> None: ...

    seen: Callable[[str], bool] = lambda name: is_module(settings, name)  # noqa: E731
    every = AllReaders(Room(), shelf_of(settings).open(), seen)  # type: ignore[arg-type]
    assert [one.name for one in every.readers()] == names[:1]
    every.close()
    assert not any(is_module(load_settings(home.parent, {}), name) for name in names)


def test_doctor_says_who_holds_the_keys_or_why_nobody_does(home: Path) -> None:
    def said(**changed: str) -> tuple[bool, str]:
        settings = set_up(home, **changed)
        [check] = [one for one in look_at_everything(settings) if one.name == "purses"]
        return check.ok, check.found

    assert said() == (True, "none")
    assert said(purse_keys="training") == (True, "CSP1, training, terminal 000000000001")
    ok, found = said(purse_keys="software", purse_maker="CP10")
    assert (ok, "purse_secret_missing" in found) == (False, True)


def test_a_room_without_its_module_says_psam_silent(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Empty(PcscRoom):
        def __init__(self, *_given: object) -> None: ...
        def readers(self) -> tuple[()]:
            return ()

        def close(self) -> None: ...

    monkeypatch.setattr(purses, "PcscRoom", Empty)
    settings = set_up(home, purse_keys="psam", purse_maker="CP10", purse_reader="SAM 01")
    with pytest.raises(Mishap, match="psam_silent"):
        said_of_purses(settings, MAKERS)


def test_a_master_is_typed_unseen_and_said_by_its_place_only(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARDSTATION_HOME", str(home))
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    asked: list[dict[str, object]] = []

    def typed(name: str, given: str) -> tuple[int, str]:
        def prompt(_text: str, **how: object) -> str:
            asked.append(how)
            return given

        monkeypatch.setattr("cardstation.cli.keys.click.prompt", prompt)
        status = main(doors(), COMMANDS, ["keys", "purse", name, "--json"])
        return status, "".join(capfd.readouterr())

    secret = "a5" * 16
    status, said = typed("load", secret)
    assert (status, '"place": "file"' in said, secret in said) == (0, True, False)
    assert load_purse_secret(home, "load") == Secret(bytes.fromhex(secret))
    assert typed(PIN, "5678")[0] == 0
    assert load_purse_secret(home, PIN) == Secret(b"5678")
    for wrong in ("a5" * 15, "no hex", ""):
        status, said = typed("load", wrong)
        assert (status, "purse_secret_malformed" in said) == (3, True)
    assert load_purse_secret(home, "load") == Secret(bytes.fromhex(secret))
    assert all(how["hide_input"] for how in asked)
