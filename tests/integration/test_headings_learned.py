"""Headings that a person explained are remembered with the list they were explained for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.domain.batch import Whose
from cardstation.errors import Refusal
from cardstation.services.import_list import import_list
from cardstation.services.lists import taking
from cardstation.services.station import Station
from tests.kit.power import PowerCut
from tests.kit.station import Desk, neighbours, open_desk

HOMES = neighbours(2)
EXPLAINED = {"车位": "account", "谁家": "name", "多少呀": "amount"}
WHOSE = Whose(manager="甲物业")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    yield opened
    opened.station.store.close()


def newer(folder: Path, yuan: str, homes: int = 2) -> Path:
    path = folder / f"{yuan}.csv"
    rows = [f"{one.account_no},{one.name},{yuan}" for one in HOMES[:homes]]
    path.write_text("\n".join([",".join(EXPLAINED), *rows]) + "\n", "utf-8")
    return path


def test_power_that_goes_once_the_list_is_on_file_costs_no_heading(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as power:
        power.setattr(taking, "anchor_journal", _goes)
        with pytest.raises(PowerCut):
            import_list(desk.station, newer(tmp_path, "100"), WHOSE, EXPLAINED)
    assert len(import_list(desk.station, newer(tmp_path, "80"), WHOSE).lines) == 2


def test_a_list_that_is_on_file_already_teaches_nothing(desk: Desk, tmp_path: Path) -> None:
    import_list(desk.station, newer(tmp_path, "100"), Whose(), EXPLAINED)
    with pytest.raises(Refusal, match="same_list_again"):
        import_list(desk.station, newer(tmp_path, "100"), WHOSE, EXPLAINED)
    with pytest.raises(Refusal, match="list_without_header"):
        import_list(desk.station, newer(tmp_path, "80"), WHOSE)


def _goes(_station: Station) -> None:
    raise PowerCut
