"""A sheet is registered or taken out by two, at a closed desk, on record, with nothing open."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.bootstrap.station import open_station
from cardstation.domain.ledger import EntryKind
from cardstation.domain.shift import Approval
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.services.change_layout import change_layout
from cardstation.services.verify import verify
from cardstation.settings import load_settings
from drivers.virtual import Tear
from tests.kit import cards
from tests.kit.sheet_cli import SHEET, Cli
from tests.kit.sheet_station import SheetCards
from tests.kit.shifts import CHIEF
from tests.kit.station import open_desk

pytest_plugins = ("tests.kit.fast_disk", "tests.kit.sheet_fixtures")


def facts_of(home: Path) -> list[tuple[str, str, str]]:
    with open_station(load_settings(home), False) as station, station.store.reading() as reading:
        entries = [one.entry for one in reading.journal.every()]
    of_layouts = [one for one in entries if one.kind is EntryKind.LAYOUT]
    return [(one.subject, one.approver, one.detail) for one in of_layouts]


def test_a_supervisor_agrees_and_it_is_on_record(cli: Cli) -> None:
    path = cli.home.parent / "mine.toml"
    path.write_text(SHEET, "utf-8")
    assert cli("register", path)[1]["error"] == "layout_needs_supervisor"
    assert not (cli.home / "layouts").exists()
    assert cli.register(SHEET) == {}
    assert cli("remove", "interface2012")[1]["error"] == "layout_needs_supervisor"
    with open_station(load_settings(cli.home), True) as station:
        for word in ((path, "register"), ("interface2012", "remove")):
            named = (word[1], word[0], "--approver", CHIEF)
            assert cli(*named)[1]["error"] == "station_busy", "the desk is open"
        assert station.layouts[-1].code == "interface2012"
    assert cli("remove", "interface2012", "--approver", CHIEF)[0] == 0
    digest = hashlib.sha256(SHEET.encode()).hexdigest()
    assert facts_of(cli.home) == [("interface2012", CHIEF, digest), ("interface2012", CHIEF, "")]
    with open_station(load_settings(cli.home), False) as station:
        assert verify(station).ok


def test_a_training_desk_without_clerks_needs_nobody_and_a_real_one_a_clerk(
    folder: Path,
) -> None:
    desk = open_desk(folder / "desk")
    change_layout(desk.station, "near", "aa", None, replaces=False)
    assert desk.kinds()[-1] == "layout"
    real = replace(desk.station, training=False)
    with pytest.raises(Refusal, match="no_clerks"):
        change_layout(real, "near", "aa", None, replaces=False)
    with pytest.raises(Refusal, match="second_person_same"):
        change_layout(desk.station, "near", "", Approval(desk.station.clerk), replaces=True)
    desk.station.store.close()


def test_a_sheet_whose_card_is_still_open_is_neither_replaced_nor_taken_out(folder: Path) -> None:
    """Without it nobody can read the card that is the witness of a load."""
    made_of = SheetCards("interface2012")
    desk = open_desk(folder / "desk", households=[made_of.fits(cards.household())])
    bare = desk.station
    desk.station = made_of.at(bare)
    card = made_of.issued(desk.household())
    card.chip.arm(Tear(30))
    with pytest.raises(OutcomeUnknown):
        desk.sell(card)
    for digest in ("aa", ""):
        with pytest.raises(Refusal, match="layout_in_use") as stop:
            change_layout(bare, "interface2012", digest, None, replaces=True)
        assert stop.value.values["card_no"] == desk.household().card_no
    change_layout(bare, "interface2012", "aa", None, replaces=False)
    card.chip.arm(None)
    with pytest.raises(Refusal, match="load_still_on_card"):
        desk.sell(card)
    change_layout(bare, "interface2012", "", None, replaces=True)
    desk.station.store.close()
