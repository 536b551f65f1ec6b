"""Every sample list against its truth: nothing ready that is wrong, everything sound is ready."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.batch import Batch, LineKind, ManifestLine, Verdict
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.ledger import Order
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.import_directory import import_directory
from cardstation.services.import_list import import_list
from cardstation.services.quote import quote
from cardstation.services.station import Station
from cardstation.store import Store
from tests.kit.desk import SAMPLES, SHANGHAI, StandingClock, bare_desk

TRUTH: dict[str, list[dict[str, Any]]] = json.loads((SAMPLES / "truth.json").read_text("utf-8"))
GROUNDS = {
    "card number mistyped": ("account_name_door", ("card_mistyped",)),
    "no card number": ("account_name_door", ("no_card_number",)),
    "no account number": ("card_name_door", ("no_account_number",)),
    "name abbreviated": ("account_card_door", ("name_abbreviated",)),
}


COLLOQUIAL = ("一百五",)


def can_buy(who: Household) -> bool:
    return who.chip == "sle4442" and not who.arrears and who.status is HouseholdStatus.ACTIVE


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample directory, imported once."""
    folder = tmp_path_factory.mktemp("home")
    with Store.open(folder) as store:
        import_directory(bare_desk(store), SAMPLES / "households.csv", SAMPLES / "tariffs.json")
    return folder


@pytest.fixture
def desk(home: Path, tmp_path: Path) -> Iterator[Station]:
    (tmp_path / "station.db").write_bytes((home / "station.db").read_bytes())
    with Store.open(tmp_path) as store:
        yield bare_desk(store)


def household(desk: Station, account_no: str) -> Household | None:
    with desk.store.reading() as reading:
        return reading.households.get(account_no)


def pairs(batch: Batch, name: str) -> list[tuple[ManifestLine, dict[str, Any]]]:
    return list(zip(batch.lines, TRUTH[name], strict=True))


@pytest.mark.parametrize("name", TRUTH)
def test_no_row_is_ready_and_wrong(desk: Station, name: str) -> None:
    for line, truth in pairs(import_list(desk, SAMPLES / name), name):
        if line.verdict is Verdict.READY:
            assert line.account_no == truth["account_no"]
            assert line.card_no == truth["card_no"]
            assert line.kind == truth["kind"]
            assert (line.money and line.money.fen) == truth["fen"]
            assert truth["fen"] is not None or line.kind is LineKind.PREPAID
        else:
            assert line.reasons


@pytest.mark.parametrize("name", TRUTH)
def test_sound_rows_and_forgivable_ones_are_ready(desk: Station, name: str) -> None:
    for line, truth in pairs(import_list(desk, SAMPLES / name), name):
        spoiled = truth["spoiled"][0] if truth["spoiled"] else ""
        who = household(desk, truth["account_no"] or "")
        certain = truth["fen"] is not None and line.row.amount not in COLLOQUIAL
        if who is None or not can_buy(who) or not certain:
            assert line.verdict is not Verdict.READY
        elif spoiled == "duplicate of an earlier row":
            assert (line.verdict, line.reasons) == (Verdict.BLOCKED, ("identical_duplicate",))
        else:
            assert line.verdict is Verdict.READY, (line, truth)
            assert (line.ground, line.reasons) == GROUNDS.get(spoiled, ("account_card_name", ()))


@pytest.mark.parametrize("name", TRUTH)
def test_ready_sales_are_priced_as_the_desk_would(desk: Station, name: str) -> None:
    for line in import_list(desk, SAMPLES / name).lines:
        who = household(desk, line.account_no)
        if line.verdict is Verdict.READY and line.kind is LineKind.SALE:
            assert who is not None
            assert line.volume == quote(desk, who, money=line.money).volume
        else:
            assert line.volume is None


@pytest.mark.parametrize(
    ("name", "count", "total"),
    [
        ("阳光花园收卡登记表.xlsx", 62, "17121.60"),
        ("吉林路小区 代收明细(最终版2).xls", 47, "8227.60"),
        ("铁北二路.csv", 34, "8538.80"),
        ("伊通河畔业主燃气卡.csv", 26, "6838.80"),
        ("净月新城11月收卡.xlsx", 201, "48020.80"),
    ],
)
def test_what_a_list_claims_is_kept(desk: Station, name: str, count: int, total: str) -> None:
    batch = import_list(desk, SAMPLES / name)
    assert (batch.stated_count, batch.stated_total) == (count, Money.of_yuan(total))
    assert len(batch.lines) == count
    assert batch.name == name.rpartition(".")[0]


def test_rows_keep_their_place_in_the_file(desk: Station) -> None:
    rows = [line.row.row for line in import_list(desk, SAMPLES / "净月新城11月收卡.xlsx").lines]
    assert rows == [*range(5, 15), *range(16, 207)]
    assert [line.row.row for line in import_list(desk, SAMPLES / "铁北二路.csv").lines] == list(
        range(2, 36)
    )


def test_households_are_found_by_their_numbers(desk: Station) -> None:
    with desk.store.reading() as reading:
        (found,) = reading.households.of_card("88013025000017")
        assert reading.households.of_meter(found.meter.meter_no) == (found,)
        assert reading.households.of_card("0") == ()
        assert reading.households.count() == 1200


def test_batches_are_numbered_by_day_and_kept(desk: Station, tmp_path: Path) -> None:
    first = import_list(desk, SAMPLES / "铁北二路.csv")
    second = import_list(desk, SAMPLES / "伊通河畔业主燃气卡.csv")
    assert (first.batch_id, second.batch_id) == ("2026-11-24-01-S001", "2026-11-24-02-S001")
    later = replace(desk, clock=StandingClock(datetime(2026, 11, 25, tzinfo=SHANGHAI)))
    third = import_list(later, SAMPLES / "阳光花园收卡登记表.xlsx")
    assert third.batch_id == "2026-11-25-01-S001"
    with desk.store.reading() as reading:
        assert reading.batches.get(first.batch_id) == first
        assert reading.batches.get("2026-11-24-03-S001") is None
        assert reading.batches.ids() == (third.batch_id, second.batch_id, first.batch_id)
        assert reading.batches.of_card(first.lines[0].card_no) == (first.batch_id,)


def test_the_same_content_is_refused_whatever_the_file(desk: Station, tmp_path: Path) -> None:
    first = import_list(desk, SAMPLES / "铁北二路.csv")
    head, *rows, total, _ = (SAMPLES / "铁北二路.csv").read_text("gb18030").split("\n")
    again = tmp_path / "另存.csv"
    text = "\n".join(["铁北二路收卡", head, "", *reversed(rows), "", total])
    again.write_text(text.replace(",", ";"), "utf-8-sig")
    with pytest.raises(Refusal) as refused:
        import_list(desk, again)
    assert refused.value.code == "same_list_again"
    assert refused.value.values == {"batch_id": first.batch_id}
    with desk.store.reading() as reading:
        assert reading.batches.ids() == (first.batch_id,)


def test_a_prepaid_row_takes_its_order(desk: Station) -> None:
    name = "净月新城11月收卡.xlsx"
    prepaid = next(row for row in TRUTH[name] if row["kind"] == "prepaid")
    order = Order("O-1", prepaid["account_no"], 10_000, 35_000, "residential@2026-01-01", 7, "")
    other = replace(order, order_id="O-2", account_no="220103005686")
    with desk.store.unit() as unit:
        unit.orders.put([order, other, replace(order, order_id="O-3", account_no="220104000017")])
        unit.commit()
    lines = [line for line in import_list(desk, SAMPLES / name).lines if line.order_id]
    assert [(line.account_no, line.order_id) for line in lines] == [(order.account_no, "O-1")]
    assert (lines[0].verdict, lines[0].kind) == (Verdict.READY, LineKind.PREPAID)
    assert (lines[0].money, lines[0].volume) == (None, None)


def test_a_repeated_import_brings_facts_and_keeps_our_sales(desk: Station, tmp_path: Path) -> None:
    text = (SAMPLES / "households.csv").read_text("utf-8")
    ours = household(desk, "220104000017")
    assert ours is not None
    sold = replace(
        ours,
        balance=Money(55),
        purchase_counter=ours.purchase_counter + 3,
        bought_this_year=ours.bought_this_year + Volume.of_m3("100"),
    )
    with desk.store.unit() as unit:
        unit.households.update(sold)
        unit.commit()
    newer = tmp_path / "households.csv"
    newer.write_text(text.replace("19900000001,铁北", "13800000000,铁北", 1), "utf-8-sig")
    done = import_directory(desk, newer)
    assert (done.count, done.added, done.updated, done.rejected) == (1200, 0, 1, ())
    assert household(desk, "220104000017") == replace(sold, phone="13800000000")
    assert import_directory(desk, newer).updated == 0


def test_a_new_meter_and_a_new_year_start_their_own_counts(desk: Station, tmp_path: Path) -> None:
    text = (SAMPLES / "households.csv").read_text("utf-8")
    swapped = text.replace("QM1799609893", "QM0000000001").replace(",416.8,50,", ",3.5,1,")
    newer = tmp_path / "households.csv"
    newer.write_text(swapped, "utf-8")
    import_directory(desk, newer)
    kept = household(desk, "220104000017")
    assert kept is not None
    assert (kept.purchase_counter, kept.bought_this_year.m3) == (1, "416.8")
    next_year = replace(desk, clock=StandingClock(datetime(2027, 1, 2, tzinfo=SHANGHAI)))
    import_directory(next_year, newer)
    fresh = household(desk, "220104000017")
    assert fresh is not None
    assert (fresh.tier_year, fresh.bought_this_year.m3) == (2027, "3.5")


def test_bad_directory_rows_are_named_and_the_rest_is_taken(desk: Station, tmp_path: Path) -> None:
    head, first, second, third, *_ = (SAMPLES / "households.csv").read_text("utf-8").split("\n")
    rows = [
        head,
        first.replace("正常", "不明"),
        second,
        second,
        third.replace("220103000034", ""),
        third.replace(",2,0,36.6,", ",zwei,0,36.6,"),
        third.replace(",36.6,", ",viel,"),
        third.replace(",36.6,", ",-1,"),
        third.replace(",0.00,", ",-1.00,"),
        third.replace(",0.00,", ",?,"),
        third.replace("2015-10-21", "2015年"),
        third.replace("2015-10-21", "").replace("88010487000030", "88013116000025"),
    ]
    newer = tmp_path / "households.csv"
    newer.write_text("\n".join(rows), "utf-8")
    done = import_directory(desk, newer)
    assert [(bad.row, bad.code, bad.field) for bad in done.rejected] == [
        (2, "field_not_readable", "status"),
        (4, "account_repeated", "account_no"),
        (5, "field_missing", "account_no"),
        (6, "field_not_readable", "persons"),
        (7, "field_not_readable", "bought_this_year_m3"),
        (8, "field_not_readable", "bought_this_year_m3"),
        (9, "field_not_readable", "arrears_yuan"),
        (10, "field_not_readable", "arrears_yuan"),
        (11, "field_not_readable", "meter_installed"),
    ]
    assert done.repeated_cards == ("88013116000025",)
    assert done.tariffs == 0


@pytest.mark.parametrize(
    "content", [b"account_no,name\n1,2\n", "户号".encode("gb18030"), b"", None]
)
def test_a_file_that_is_no_directory_is_refused(
    desk: Station, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "households.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refusal, match="directory_not_readable"):
        import_directory(desk, path)
