"""The anchor is not in the data folder: whoever puts the folder back does not put it back too."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cardstation.bootstrap.station import anchor_place, device_key_of, open_station
from cardstation.domain.shift import Clerk, ClerkChange, Role
from cardstation.errors import Mishap, Refusal
from cardstation.services.intent.anchoring import anchor_journal, anchor_problem
from cardstation.services.intent.clerk_changes import record_change
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.station import Station
from cardstation.services.verify import verify
from cardstation.settings import Settings, anchors_of, load_settings
from cardstation.store.anchor import Anchor, AnchorMark


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", state=str(tmp_path / "state"))


def work(station: Station, name: str) -> None:
    """Any fact will do."""
    with station.store.unit() as unit:
        person = Clerk(name, name, frozenset({Role.TELLER}), active=True)
        record_change(station, unit, person, ClerkChange.ADDED, pin_hash="x", approver="")
        unit.commit()
    anchor_journal(station)


def place_of(settings: Settings) -> Path:
    return anchor_place(settings.home, anchors_of(settings), device_key_of(settings))


def problem(settings: Settings) -> str:
    with open_station(settings, False) as station, station.store.reading() as reading:
        found = anchor_problem(station, reading)
    return "" if found is None else found.code


def test_it_lies_outside_under_the_name_of_the_key(settings: Settings) -> None:
    with open_station(settings, True) as station:
        work(station, "anna")
        key = station.device_key.public.hex()[:16]
    assert place_of(settings) == anchors_of(settings) / key
    assert place_of(settings).exists()
    assert not list(settings.home.glob("anchor*"))
    assert problem(settings) == ""


def test_a_whole_folder_put_back_is_found(settings: Settings, tmp_path: Path) -> None:
    with open_station(settings, True) as station:
        work(station, "anna")
    shutil.copytree(settings.home, tmp_path / "copy")
    with open_station(settings, True) as station:
        work(station, "ben")
    shutil.rmtree(settings.home)
    shutil.copytree(tmp_path / "copy", settings.home)
    assert problem(settings) == "store_rolled_back"
    with open_station(settings, True) as station:
        with pytest.raises(Refusal, match="store_rolled_back"):
            ensure_may_write(station)
        assert [one.code for one in verify(station).disagreements] == ["store_rolled_back"]


def test_what_is_written_during_a_look_is_no_rollback(settings: Settings) -> None:
    """`verify` reads for seconds while a lane goes on writing: the mark overtakes its look."""
    with open_station(settings, True) as station:
        work(station, "anna")
        with station.store.reading() as reading:
            before = reading.journal.head()
            work(station, "ben")
            assert reading.journal.head() == before
            assert anchor_problem(station, reading) is None


def test_a_copy_beside_the_original_is_found_too(settings: Settings, tmp_path: Path) -> None:
    with open_station(settings, True) as station:
        work(station, "anna")
    copy = Settings(home=tmp_path / "copy", state=settings.state)
    shutil.copytree(settings.home, copy.home)
    with open_station(settings, True) as station:
        work(station, "ben")
    assert problem(copy) == "store_rolled_back"
    assert problem(settings) == ""


def test_two_stations_of_one_machine_keep_two_anchors(settings: Settings, tmp_path: Path) -> None:
    other = Settings(home=tmp_path / "other", state=settings.state)
    for one in (settings, other):
        with open_station(one, True) as station:
            work(station, "anna")
    assert len(list(anchors_of(settings).iterdir())) == 2
    assert [problem(one) for one in (settings, other)] == ["", ""]


def test_an_anchor_of_an_earlier_version_moves_out_at_the_first_start(settings: Settings) -> None:
    with open_station(settings, True) as station:
        work(station, "anna")
    new, old = place_of(settings), settings.home / "anchor"
    new.rename(old)
    assert problem(settings) == ""
    with open_station(settings, True):
        assert new.exists()
    assert not old.exists()
    assert problem(settings) == ""


def test_what_is_outside_counts(settings: Settings) -> None:
    """A backup of an earlier version brings its anchor along: it says nothing any more."""
    with open_station(settings, True) as station:
        work(station, "anna")
    new, old = place_of(settings), settings.home / "anchor"
    kept = new.read_bytes()
    old.write_bytes(json.dumps({"epoch": 1, "seq": 9, "hash": "ab"}).encode())
    assert problem(settings) == ""
    with open_station(settings, True):
        assert not old.exists()
    assert new.read_bytes() == kept


@pytest.mark.parametrize("step", ["write", "move_out"])
def test_a_place_nobody_can_write_to_is_said(tmp_path: Path, step: str) -> None:
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "anchor").write_text("old")
    anchor = Anchor(tmp_path, lambda: tmp_path / "file" / "anchors" / "key")
    acts: dict[str, Callable[[], None]] = {
        "write": lambda: anchor.write(AnchorMark(1, 1, "ab")),
        "move_out": anchor.move_out,
    }
    with pytest.raises(Mishap, match="home_unusable"):
        acts[step]()
    assert (tmp_path / "anchor").exists()


def test_the_place_is_the_platforms_or_a_setting(tmp_path: Path) -> None:
    assert anchors_of(load_settings(tmp_path, {})).parts[-2:] == ("cardstation", "anchors")
    named = load_settings(tmp_path, {"CARDSTATION_STATE": "/elsewhere"})
    assert anchors_of(named) == Path("/elsewhere/anchors")
