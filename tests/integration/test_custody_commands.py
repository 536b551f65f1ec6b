"""The bag from the command line, and a return that is printed in one go and goes on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cardstation.bootstrap.bag_papers import (
    forget_papers,
    print_return,
    purge_in_time,
    purge_with_papers,
)
from cardstation.bootstrap.desk_wiring import Wiring
from cardstation.bootstrap.entry import doors
from cardstation.bootstrap.papers import write_quote
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main
from cardstation.domain.seal_number import seal_number
from cardstation.domain.shift import Role
from cardstation.errors import Mishap, Refusal
from cardstation.services.add_clerk import add_clerk
from cardstation.services.approve import approve
from cardstation.services.bag_papers import receipts_by_door
from cardstation.services.custody_state import custody_state
from cardstation.services.open_shift import open_shift
from cardstation.services.quote_batch import quote_batch
from cardstation.settings import Settings
from tests.integration.test_custody import COLLECT, PNG, RECEIVE, Bag
from tests.kit.papers import pages_of
from tests.kit.shifts import ANNA, CHIEF, FLOAT, PINS, PlainPins, desk_with_clerks
from tests.kit.station import card_of, line, neighbours, put_batch

BATCH = "2026-11-24-01"
SECOND = ("--approver", CHIEF)
GIVEN, TAKEN = ("--given-by", "Chen", "--on-paper"), ("--taken-by", "Chen", "--on-paper")


def received(*words: str) -> tuple[str, ...]:
    """What arrived, named and signed on paper."""
    return ("receive", BATCH, *words, *GIVEN)


class Tray:
    """A printer with so many sheets of paper."""

    name = "tray"

    def __init__(self, sheets: int) -> None:
        self.sheets = sheets
        self.printed: list[str] = []

    def print(self, pdf: bytes, title: str) -> None:
        assert pdf.startswith(b"%PDF-")
        if not self.sheets:
            raise Mishap("paper_not_printed", printer=self.name, cause="out of paper")
        self.sheets -= 1
        self.printed.append(title)


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[Bag]:
    made = Bag(tmp_path / "home")
    made.pay(3)
    made.hand(*COLLECT)
    made.hand(*RECEIVE)
    made.run(3, 1, 2)
    yield made
    made.station.store.close()


def printed(bag: Bag, folder: Path, tray: Tray | None, **more: Any) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []

    def progress(done: int, count: int) -> None:
        told.append((done, count))

    print_return(bag.station, bag.batch_id, folder, "en", tray, progress, **more)
    return told


def test_a_return_is_printed_in_the_order_of_the_doors(bag: Bag, tmp_path: Path) -> None:
    tray = Tray(99)
    told = printed(bag, tmp_path, tray)
    names = [name.removeprefix(f"{bag.batch_id}-") for name in tray.printed]
    assert names[:2] == ["manager_sheet", "not_done_list"]
    assert names[-2:] == ["return-desk_copy", "sheet"]
    doors_of = [pages_of((tmp_path / f"{name}.pdf").read_bytes())[0] for name in names[2:-2]]
    assert len(doors_of) == 3
    assert ["住户1" in doors_of[0], "住户2" in doors_of[1], "住户3" in doors_of[2]] == [True] * 3
    assert told == [(n, 7) for n in range(8)]


@pytest.mark.parametrize("sheets", range(7))
def test_a_printer_out_of_paper_loses_nothing_and_prints_nothing_twice(
    bag: Bag, tmp_path: Path, sheets: int
) -> None:
    tray = Tray(sheets)
    with pytest.raises(Mishap, match="paper_not_printed"):
        printed(bag, tmp_path, tray)
    assert len(tray.printed) == sheets
    tray.sheets = 99
    told = printed(bag, tmp_path, tray)
    assert len(tray.printed) == len(set(tray.printed)) == 7
    assert told == [(n, 7) for n in range(sheets, 8)]


def test_printed_once_more_a_receipt_says_so(bag: Bag, tmp_path: Path) -> None:
    printed(bag, tmp_path, Tray(99))
    first = {path.name for path in tmp_path.glob("S001-*-a5.pdf")}
    tray = Tray(5)
    with pytest.raises(Refusal, match="return_printed"):
        printed(bag, tmp_path, tray)
    with pytest.raises(Mishap, match="paper_not_printed"):
        printed(bag, tmp_path, tray, again="the dog\nate it")
    tray.sheets = 99
    printed(bag, tmp_path, tray)
    assert len(tray.printed) == 7
    again = {path.name for path in tmp_path.glob("S001-*-a5.pdf")} - first
    assert len(again) == 3
    assert all("the dog ate it" in pages_of((tmp_path / name).read_bytes())[0] for name in again)


def test_what_was_only_filed_counts_as_not_printed(bag: Bag, tmp_path: Path) -> None:
    printed(bag, tmp_path, None)
    made = {path.name for path in tmp_path.glob("*.pdf")}
    tray = Tray(99)
    printed(bag, tmp_path, tray)
    printed(bag, tmp_path, None)
    assert len(tray.printed) == 7
    assert {path.name for path in tmp_path.glob("*.pdf")} == made, "no reprint"


def test_strips_take_the_place_of_receipts(bag: Bag, tmp_path: Path) -> None:
    tray = Tray(99)
    printed(bag, tmp_path, tray, by_floor=True)
    assert tray.printed[2] == f"{bag.batch_id}-receipt_strip"
    assert len(tray.printed) == 5


def test_a_purge_takes_the_papers_that_name_doors_with_it(bag: Bag, tmp_path: Path) -> None:
    quoted = write_quote(quote_batch(bag.station, bag.batch_id), tmp_path, "zh_CN")
    printed(bag, tmp_path, None)
    bag.pay(1)
    bag.run(4)
    bag.go_back()
    day = bag.desk.clock.at.date()
    old, young = (f"triage-阳光-{made}" for made in (day, day + timedelta(days=2)))
    for name in (f"{old}.pdf", f"{old}.csv", f"{young}.csv", "triage-notes.txt"):
        (tmp_path / name).touch()
    assert quoted.exists()
    bag.desk.clock.at += timedelta(days=31)
    assert purge_with_papers(bag.station, 30, tmp_path) == (bag.batch_id,)
    left = {path.name for path in tmp_path.glob("*.pdf")}
    assert len(left) == 6
    assert all(name.startswith("S001-") for name in left)
    assert {path.name for path in tmp_path.glob("triage-*")} == {f"{young}.csv", "triage-notes.txt"}
    forget_papers(tmp_path, bag.batch_id)


def test_the_desk_purges_when_it_opens_and_waits_while_it_is_frozen(
    bag: Bag, tmp_path: Path
) -> None:
    bag.pay(1)
    bag.run(4)
    bag.go_back()
    bag.desk.clock.at += timedelta(days=8)
    settings = Settings(home=tmp_path, purge_days=7)
    with bag.station.store.unit() as unit:
        unit.outbox.judge("fork", bag.desk.clock.now())
        unit.commit()
    purge_in_time(bag.station, settings)
    assert custody_state(bag.station, bag.batch_id).batch.batch.purged_at is None
    with bag.station.store.unit() as unit:
        unit.outbox.judge("", bag.desk.clock.now())
        unit.commit()
    purge_in_time(bag.station, settings)
    assert custody_state(bag.station, bag.batch_id).batch.batch.purged_at is not None


def test_a_desk_that_is_never_switched_off_purges_at_the_end_of_a_shift(
    bag: Bag, tmp_path: Path
) -> None:
    bag.pay(1)
    bag.run(4)
    bag.go_back()
    station = replace(bag.station, pins=PlainPins())
    add_clerk(station, CHIEF, PINS[CHIEF], {Role.SUPERVISOR}, by=None, display="班长")
    by = approve(station, CHIEF, PINS[CHIEF])
    add_clerk(station, ANNA, PINS[ANNA], {Role.TELLER}, by=by)
    readers: Any = None
    wiring = Wiring(Settings(home=tmp_path, purge_days=7), station, readers)
    quoted = tmp_path / "papers" / f"{bag.batch_id}-Q1-quote.pdf"
    quoted.parent.mkdir()
    for days, purged in ((6, False), (2, True)):
        quoted.touch()
        bag.desk.clock.at += timedelta(days=days)
        open_shift(station, ANNA, PINS[ANNA], float_money=FLOAT)
        wiring.close_shift(PINS[ANNA], FLOAT, "", "")
        assert quoted.exists() is not purged


def test_receipts_of_a_bag_are_filed_at_the_load_and_printed_with_the_return(
    bag: Bag, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, printer="no-such-queue")
    readers: Any = None
    wiring = Wiring(settings, bag.station, readers)
    number = receipts_by_door(bag.station, bag.batch_id)[0]
    assert wiring.print_receipt(number).exists()
    with pytest.raises(Mishap, match="paper_not_printed"):
        wiring.bag().print_return(bag.batch_id, False, "", lambda _done, _count: None)
    bag.desk.reader.pull()
    sold = bag.desk.sell(card_of(neighbours(4)[3]))
    with pytest.raises(Mishap, match="paper_not_printed"):
        wiring.print_receipt(sold.receipt_no)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CARDSTATION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    monkeypatch.setattr("cardstation.bootstrap.station.Argon2Pin", PlainPins)
    monkeypatch.setenv("CARDSTATION_APPROVER_PIN", PINS[CHIEF])
    desk = desk_with_clerks(tmp_path / "home", households=neighbours(4))
    put_batch(desk, [line(one, place) for place, one in enumerate(neighbours(4), start=1)])
    desk.station.store.close()
    return tmp_path / "home"


def run(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> dict[str, Any]:
    ended = main(doors(), COMMANDS, ["--json", "--lang", "en", "batch", *arguments])
    said = capsys.readouterr()
    assert ended == status, said.err
    answer: dict[str, Any] = json.loads(said.out)
    return answer


def test_the_way_of_a_bag_by_commands(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    signature = home / "signed.png"
    signature.write_bytes(PNG)
    label = run(capsys, "label", BATCH, "--cards", "4")
    assert label["seal_no"] == seal_number(1, BATCH, 1)
    assert Path(label["paper"]).exists()
    collected = run(
        capsys,
        *("collect", BATCH, "--arrived", "3", "--seal", label["seal_no"], "--given-by", "Chen"),
        *("--given-signature", str(signature), "--on-paper", "--taken-by", "Li"),
    )
    assert (collected["stage"], collected["short"]) == ("collected", 1)
    event = collected["timeline"][-1]
    assert (event["giver"], event["taker"], event["expected"]) == ("manager", "team", 4)
    assert (event["given_by"], event["taken_signed"]) == ("Chen", "paper")
    assert len(event["given_signed"]) == 64
    came = run(capsys, *received("--missing", "4", "--arrived", "3"))
    assert came["tally"]["missing"] == 1
    assert came["photos_due"] == [event["number"], came["timeline"][-1]["number"]]
    assert run(capsys, "label", BATCH)["bag"] == 2
    slip = run(capsys, "slip", BATCH, "--number", str(event["number"]))
    assert Path(slip["paper"]).exists()
    assert run(capsys, "close", BATCH, status=3)["error"] == "cards_not_back"
    run(capsys, "explain", BATCH, "never_given", "--lines", "4", *SECOND)
    home_again = ("return", BATCH, "--arrived", "3")
    for words, said in (((), "--taken-by"), (("--taken-by", "Chen"), "--on-paper")):
        assert main(doors(), COMMANDS, ["--lang", "zh_CN", "batch", *home_again, *words]) == 3
        assert said in capsys.readouterr().err
    back = run(capsys, *home_again, "--taken-by", "Chen", "--taken-signature", str(signature))
    assert (back["stage"], back["hindrance"]) == ("returned", "paper_to_photograph")
    assert back["tally"]["returned"] == 3
    photo = ("photo", BATCH, str(signature))
    one = run(capsys, *photo, "--number", str(came["timeline"][-1]["number"]))
    assert one["photos_due"] == [event["number"]]
    assert run(capsys, *photo, status=3)["error"] == "photo_used"
    signature.write_bytes(PNG + b" of the other slip")
    last = run(capsys, *photo)
    assert (last["photos_due"], last["stage"]) == ([], "closed")
    assert run(capsys, *photo, status=3)["error"] == "no_paper_to_photograph"
    assert run(capsys, "custody", BATCH)["hindrance"] == "batch_closed_already"
    assert Path(run(capsys, "annex", BATCH)["paper"]).exists()
    papers = run(capsys, "papers", BATCH, "--by-floor")["papers"]
    assert all(Path(path).exists() for path in papers)
    assert run(capsys, "purge")["purged"] == []
    assert run(capsys, "purge", BATCH)["purged"] == [BATCH]
    assert not [path for path in papers if Path(path).exists()]
    assert run(capsys, "custody", BATCH)["timeline"][-1]["step"] == "purged"


def test_lines_are_written_as_ranges(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home.exists()
    lines = ("--lines", "1-2,4", "--extra", "88013025009999", "--arrived", "4")
    came = run(capsys, *received(*lines))
    assert came["timeline"][-1]["expected"] == 3
    assert came["extras"] == ["9999"]
    door = neighbours(4)[2].address.door
    rest = run(capsys, *received("--door", door, "--arrived", "1"))
    assert rest["timeline"][-1]["expected"] == 1
    assert rest["tally"]["waiting"] == 4
    run(capsys, "explain", BATCH, "lost", "--lines", "3", *SECOND)
    for wrong in (("--lines", "one", "--arrived", "1"), ("--lines", "1")):
        assert main(doors(), COMMANDS, ["batch", *received(*wrong)]) == 2
    assert "--arrived" in capsys.readouterr().err


def test_all_that_lack_are_explained_in_one_go(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert home.exists()
    run(capsys, *received("--lines", "1-3", "--arrived", "3"))
    alone = run(capsys, "explain", BATCH, "never_given", "--lacking", status=3)
    assert alone["error"] == "explanation_needs_two"
    explained = run(capsys, "explain", BATCH, "never_given", "--lacking", *SECOND)
    assert explained["unexplained"] == []
    assert explained["timeline"][-1]["lines"] == [4]


def test_what_only_a_count_says_is_missing_is_not_called_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert home.exists()
    assert run(capsys, *received("--arrived", "2"))["short"] == 2
    asked = ("explain", BATCH, "never_given", "--lacking", *SECOND)
    refused = run(capsys, *asked, status=3)
    assert (refused["error"], refused["values"]["n"]) == ("which_lack_unknown", 2)
    assert run(capsys, "explain", BATCH, "counted_again", "--counted", "4")["short"] == 0
    assert run(capsys, *asked, status=3)["error"] == "nothing_to_explain"


def test_words_for_people(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home.exists()
    run(capsys, *received("--arrived", "5"))
    run(capsys, "explain", BATCH, "destroyed", "--lines", "2", *SECOND)
    assert main(doors(), COMMANDS, ["--lang", "zh_CN", "batch", "custody", BATCH]) == 0
    said = re.sub(" +", " ", capsys.readouterr().out)
    assert "清单外的卡 1" in said
    assert "纸上签字，缺照片 #" in said
    assert "物业 → 营业厅 5 / 4" in said
    assert "损毁 2" in said


def test_a_team_records_at_its_laptop_what_it_took_at_the_door(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert home.exists()
    seal = seal_number(7, BATCH, 1)
    asked = ("collect-bag", seal, "--arrived", "4", *GIVEN)
    assert run(capsys, *asked, status=3)["error"] == "name_missing"
    found = run(capsys, *asked, "--taken-by", "Li")
    told = (found["station"], found["ours"], found["holder"], found["counts"]["team"])
    assert told == ("00007", False, "team", 4)
    assert run(capsys, *asked, "--taken-by", "Li", status=3)["error"] == "bag_collected_already"
    own = ("collect-bag", seal_number(1, BATCH, 1), *asked[2:], "--taken-by", "Li")
    assert run(capsys, *own, status=3)["error"] == "bag_listed_here"
    assert run(capsys, "trace", seal, status=0)["timeline"] == found["timeline"]
