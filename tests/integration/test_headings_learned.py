"""Headings that a person explained are remembered with the list they were explained for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from cardstation.domain.batch import Whose
from cardstation.errors import Refusal
from cardstation.services.import_list import import_list
from cardstation.services.lists import taking
from cardstation.services.lists.learning import read_of_manager
from cardstation.services.revise_list import revise_list
from cardstation.services.station import Station
from tests.kit.power import PowerCut
from tests.kit.station import Desk, neighbours, open_desk

HOMES = neighbours(2)
NEW_WORDS = {"位子": "account", "哪位": "name", "几块": "amount"}
EXPLAINED = {"车位": "account", "谁家": "name", "多少呀": "amount"}
WHOSE = Whose(manager="甲物业")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    yield opened
    opened.station.store.close()


def newer(folder: Path, yuan: str, words: Iterable[str] = EXPLAINED) -> Path:
    path = folder / f"{yuan}.csv"
    rows = [f"{one.account_no},{one.name},{yuan}" for one in HOMES]
    path.write_text("\n".join([",".join(words), *rows]) + "\n", "utf-8")
    return path


def test_power_that_goes_once_the_list_is_on_file_costs_no_heading(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as power:
        power.setattr(taking, "anchor_journal", _goes)
        with pytest.raises(PowerCut):
            import_list(desk.station, newer(tmp_path, "100"), WHOSE, EXPLAINED)
    assert len(import_list(desk.station, newer(tmp_path, "80"), WHOSE).lines) == 2


def test_so_it_is_with_a_newer_list_in_other_headings(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = import_list(desk.station, newer(tmp_path, "100"), WHOSE, EXPLAINED)
    found = read_of_manager(
        desk.station, newer(tmp_path, "90", NEW_WORDS), batch.manager, NEW_WORDS
    )
    with monkeypatch.context() as power:
        power.setattr("cardstation.services.revise_list.anchor_journal", _goes)
        with pytest.raises(PowerCut):
            revise_list(desk.station, batch.batch_id, found, columns=NEW_WORDS)
    assert len(import_list(desk.station, newer(tmp_path, "80", NEW_WORDS), WHOSE).lines) == 2


def test_a_list_that_is_on_file_already_teaches_nothing(desk: Desk, tmp_path: Path) -> None:
    import_list(desk.station, newer(tmp_path, "100"), Whose(), EXPLAINED)
    with pytest.raises(Refusal, match="same_list_again"):
        import_list(desk.station, newer(tmp_path, "100"), WHOSE, EXPLAINED)
    with pytest.raises(Refusal, match="list_without_header"):
        import_list(desk.station, newer(tmp_path, "80"), WHOSE)


def _goes(_station: Station) -> None:
    raise PowerCut
