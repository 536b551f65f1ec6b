"""Lists from the command line: whose they are, learned headings, revisions, rows, the door."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cardstation.bootstrap.entry import doors
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main
from cardstation.store import Store
from drivers.virtual import VirtualReader
from tests.kit.desk import SAMPLES
from tests.kit.station import card_of, neighbours, open_desk

Command = Callable[..., tuple[int, Any]]
HOME, NAME, DOOR = "220104000017", "石妍永", "9-4-1502"
NEXT = "220105000024"


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Runs a command with `--json`; returns its exit status and its answer."""
    monkeypatch.setenv("CARDSTATION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)

    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        status = main(doors(), COMMANDS, ["--json", *words])
        said = capsys.readouterr().out
        return status, json.loads(said) if said else None

    assert run("directory", "import", str(SAMPLES / "households.csv"))[0] == 0
    return run


def sheet(path: Path, yuan: str, head: str = "户号,姓名,门牌,金额") -> str:
    path.write_text(f"{head}\n{HOME},{NAME},{DOOR},{yuan}\n", "utf-8")
    return str(path)


def test_whose_bag_it_is_is_given_and_corrected(run: Command, tmp_path: Path) -> None:
    status, taken = run(
        "batch", "import", sheet(tmp_path / "a.csv", "100"), "--manager", "铁北物业"
    )
    assert (status, taken["manager"], taken["lines"][0]["verdict"]) == (0, "铁北物业", "ready")
    status, filed = run(
        "batch", "file", taken["batch"], "--community", "铁北", "--team", "绿园服务部",
        "--zone", "sealed",
    )  # fmt: skip
    assert (status, filed["community"], filed["manager"], filed["zone"]) == (
        0,
        "铁北",
        "铁北物业",
        "sealed",
    )
    _, once_more = run("batch", "file", taken["batch"], "--team", "朝阳服务部")
    assert (once_more["team"], once_more["zone"], once_more["community"]) == (
        "朝阳服务部",
        "sealed",
        "铁北",
    )


def test_a_big_list_is_filed_by_its_households(run: Command) -> None:
    _, taken = run("batch", "import", str(SAMPLES / "阳光花园收卡登记表.xlsx"))
    assert (taken["community"], taken["zone"]) == ("阳光花园", "controlled") or taken["team"]
    assert any("meter_over_age" in line["warnings"] for line in taken["lines"])
    assert not any("meter_over_age" in line["reasons"] for line in taken["lines"])


def test_headings_are_explained_once_per_manager(run: Command, tmp_path: Path) -> None:
    head = "车位号,哪位,哪家,多少呀"
    first = sheet(tmp_path / "a.csv", "100", head)
    status, refused = run("batch", "import", first, "--manager", "甲物业")
    assert (status, refused["error"]) == (3, "list_without_header")
    _, found = run("batch", "headings", first)
    assert [(one["heading"], one["holds"]) for one in found["headings"]] == [
        ("车位号", ""),
        ("哪位", ""),
        ("哪家", ""),
        ("多少呀", ""),
    ]
    explained = [f"--column={said}" for said in
                 ("车位号=account", "哪位=name", "哪家=room", "多少呀=amount")]  # fmt: skip
    status, taken = run("batch", "import", first, "--manager", "甲物业", *explained)
    assert (status, taken["lines"][0]["verdict"], taken["lines"][0]["fen"]) == (0, "ready", 10_000)
    second = sheet(tmp_path / "b.csv", "150", head)
    assert run("batch", "import", second, "--manager", "乙物业")[0] == 3
    assert run("batch", "import", second, "--manager", "甲物业")[0] == 0
    status, refused = run("batch", "import", second, "--column=车位号=stars")
    assert (status, refused["error"]) == (3, "column_unknown")


def test_a_newer_list_is_shown_and_only_taken_when_told(run: Command, tmp_path: Path) -> None:
    _, taken = run("batch", "import", sheet(tmp_path / "a.csv", "100"))
    newer = sheet(tmp_path / "b.csv", "150")
    for words, was_taken in (((), False), (("--take",), True)):
        status, shown = run("batch", "revise", taken["batch"], newer, *words)
        assert (status, shown["taken"], shown["counts"]["changed"]) == (0, was_taken, 1)
        assert (shown["changes"][0]["old"]["fen"], shown["changes"][0]["new"]["fen"]) == (
            10_000,
            15_000,
        )
    status, refused = run("batch", "revise", taken["batch"], newer)
    assert (status, shown := refused["counts"]["unchanged"]) == (0, 1)
    assert shown
    assert (
        run("batch", "revise", taken["batch"], newer, "--take")[1]["error"] == "nothing_to_revise"
    )


def test_rows_are_decided_left_out_and_taken_back(run: Command, tmp_path: Path) -> None:
    _, taken = run("batch", "import", sheet(tmp_path / "a.csv", "一百五"))
    batch = taken["batch"]
    assert run("batch", "show") == (0, {"batches": [batch]})
    _, row = run("batch", "row", batch, "1")
    assert (row["written"]["amount"], row["line"]["verdict"]) == ("一百五", "human")
    status, decided = run("batch", "settle", batch, "1", "--account", HOME, "--yuan", "150")
    assert (status, decided["place"], decided["verdict"], decided["ground"]) == (
        0,
        2,
        "ready",
        "decided",
    )
    _, row = run("batch", "row", batch, "2")
    assert sum(part["amount"] for part in row["quote"]["lines"]) == row["quote"]["total"]
    assert row["tiers"]
    assert run("batch", "reopen", batch, "2")[1]["place"] == 3
    assert run("batch", "leave-out", batch, "3", "--reason", "twice")[1]["withdrawn"] == (
        "left_out_twice"
    )
    assert run("batch", "settle", batch, "3", "--account", HOME)[0] == 2


def test_chat_and_door_are_counted_before_money(
    run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"#接龙\n1. {HOME} {NAME} {DOOR} 100\n2. 我也要"))
    status, taken = run("batch", "paste")
    assert (status, [line["verdict"] for line in taken["lines"]]) == (0, ["ready", "human"])
    pay = ("batch", "pay", taken["batch"], "--tender", "cash", "--yuan", "100")
    assert run(*pay)[0] == 0, "a training desk without clerks has no second person"
    monkeypatch.setenv("CARDSTATION_PIN", "280391")
    assert run("clerk", "add", "chief", "--role", "supervisor")[0] == 0
    assert run("shift", "open", "chief", "--float", "0")[0] == 0
    status, refused = run(*pay, "--again")
    assert (status, refused["error"]) == (3, "entry_not_checked")
    status, door = run("batch", "door", "--account", NEXT, "--yuan", "50")
    assert (status, door["added"][0]["verdict"]) == (0, "ready")
    _, more = run("batch", "door", door["batch"], "--account", HOME)
    doubts = ["no_amount", "in_other_batch"]
    assert (more["added"][0]["place"], more["added"][0]["reasons"]) == (2, doubts)


def test_cards_in_the_reader_make_a_list_at_the_door(
    run: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The card lies there until the wait ends; a second insertion is already on the list."""
    reader = VirtualReader()
    with closing(Store.open(tmp_path / "home")) as store, store.reading() as reading:
        home = reading.households.get(HOME)
    assert home is not None
    reader.insert(card_of(home))

    @contextmanager
    def room(_settings: object) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(readers=lambda: (reader,))

    desk = replace(doors(), readers=room)
    words = ["--json", "batch", "door", "--yuan", "80", "--idle", "0.3"]
    assert main(desk, COMMANDS, words) == 0
    told = json.loads(capsys.readouterr().out)
    (added,) = told["added"]
    assert (added["account_no"], added["fen"], added["ground"]) == (HOME, 8_000, "card_read")
    assert main(desk, COMMANDS, [*words[:3], told["batch"], *words[3:]]) == 0
    again = capsys.readouterr()
    assert json.loads(again.out)["added"] == []
    assert "already_on_list" in again.err


def test_reported_cards_block_their_rows(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "reported.csv"
    path.write_text("卡号,备注\n88013025000017,挂失\n", "utf-8")
    assert run("directory", "blacklist", str(path))[1] == {"cards": 1}
    _, taken = run("batch", "import", sheet(tmp_path / "a.csv", "100"))
    assert taken["lines"][0]["reasons"][0] == "card_blacklisted"
    path.write_text("什么都没有\n1\n", "utf-8")
    assert run("directory", "blacklist", str(path))[1]["error"] == "list_without_header"


def test_communities_are_found_along_the_index(tmp_path: Path) -> None:
    """One step per community, whatever the households are called."""
    homes = neighbours(6)
    named = [
        replace(home, name=name, address=replace(home.address, community=community))
        for home, name, community in zip(
            homes, "龘一Az9甲", ("净月", "净月", "铁北", "A区", "铁北", "阳光"), strict=True
        )
    ]
    opened = open_desk(tmp_path, households=named).station.store
    with closing(opened) as store, store.reading() as reading:
        assert reading.households.communities() == ("A区", "净月", "铁北", "阳光")
    with closing(Store.open(tmp_path / "empty")) as store, store.reading() as reading:
        assert reading.households.communities() == ()


def test_envelopes_come_with_the_list_or_one_by_one(run: Command, tmp_path: Path) -> None:
    head = "户号,姓名,门牌,信封号,金额"
    _, taken = run("batch", "import", sheet(tmp_path / "a.csv", "A-7,100", head))
    batch = taken["batch"]
    assert taken["lines"][0]["envelope"] == "A-7"
    status, added = run("batch", "door", batch, "--account", NEXT, "--yuan", "50")
    assert (status, added["added"][0]["envelope"]) == (0, "")
    status, refused = run("batch", "envelope", batch, "2", " a-7")
    assert (status, refused["error"]) == (3, "envelope_taken")
    assert run("batch", "envelope", batch, "2", "8")[1]["envelope"] == "8"
    status, unknown = run("batch", "envelope", batch, "3", "9")
    assert (status, unknown["error"]) == (3, "unknown_line")
    newer = sheet(tmp_path / "b.csv", "B-1,150", head)
    _, shown = run("batch", "revise", batch, newer, "--take")
    now = next(one["new"] for one in shown["changes"] if one["kind"] == "changed")
    assert now["envelope"] == "B-1"
    assert run("batch", "row", batch, "3")[1]["line"]["envelope"] == "B-1"
    _, shown = run("batch", "revise", batch, sheet(tmp_path / "c.csv", "C-1,150", head))
    assert [one["envelope_not_used"] for one in shown["changes"]] == ["C-1"]
