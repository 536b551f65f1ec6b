"""The main job by the command line: a list, a bag of cards, receipts, a sheet, agreeing books."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.ledger import Order
from cardstation.i18n import LANGUAGES, translator
from cardstation.sentences import brief
from cardstation.sync.centre_desk import CentreDesk
from tests.kit.e2e import Answer, Desk, Served
from tests.kit.e2e_cards import (
    PREPAID,
    YUAN,
    Person,
    counter_on,
    people,
    take_in,
    write_list,
)

pytestmark = [pytest.mark.pcsc, pytest.mark.postgres]

LINE = {"row", "verdict", "account_no", "card_no", "fen", "kind", "reasons"}
DONE = {"account_no", "card_no", "state", "fen", "volume_m3", "reason"}
HALF = 3
LOOKS = 2


def _enrolled(desk: Desk) -> Served:
    centre = desk.centre()
    answer = desk.run("enrol", centre.url, CARDSTATION_ENROL_CODE=centre.code)
    assert answer == {"ledger_url": centre.url, "station": "S001", "epoch": 1, "last_seq": 0}
    return centre


def _prepaid(desk: Desk, centre: Served, person: Person) -> int:
    """An order paid online for 20 m³; returns its price in fen."""
    offer = desk.run("quote", person.account_no, "--volume", "20")
    order = Order(
        order_id="ORDER-1",
        account_no=person.account_no,
        fen=offer["total"],
        litres=20_000,
        tariff=offer["tariff"],
        expected_counter=person.counter,
        leased_to="S001",
    )
    CentreDesk(centre.url, centre.token).post_order(order)
    desk.run("sync")
    return order.fen


def _import(desk: Desk, path: Path) -> tuple[str, list[dict[str, object]]]:
    taken = desk.run("batch", "import", path)
    assert set(taken) == {"batch", "lines", "community", "manager", "team", "zone", "stated"}
    assert all(set(line) >= LINE for line in taken["lines"])
    return taken["batch"], taken["lines"]


def test_a_bag_of_cards_from_the_list_to_agreeing_books(desk: Desk) -> None:
    *buyers, prepaid, unclear = people(8)
    take_in(desk, [*buyers, prepaid, unclear])
    centre = _enrolled(desk)
    order_fen = _prepaid(desk, centre, prepaid)
    lines = [*zip(buyers, map(str, YUAN), strict=False), (prepaid, PREPAID), (unclear, "看着办")]
    path = write_list(desk.folder / "收卡.xlsx", lines)

    batch, taken = _import(desk, path)
    assert [line["row"] for line in taken] == list(range(4, 12))
    assert [line["verdict"] for line in taken] == ["ready"] * 7 + ["human"]
    assert [line["kind"] for line in taken] == ["sale"] * 6 + ["prepaid", "sale"]
    assert [line["account_no"] for line in taken[:7]] == [
        one.account_no for one in (*buyers, prepaid)
    ]
    assert [line["fen"] for line in taken[:6]] == [100 * yuan for yuan in YUAN[:6]]
    assert taken[7]["fen"] is None
    assert taken[7]["reasons"]
    assert desk.run("batch", "import", path, status=3)["error"] == "same_list_again"

    _pay(desk, batch, 100 * sum(YUAN[:HALF]))
    first = _run(desk, batch, "--batch", batch)
    _half_is_loaded(first, buyers)

    _pay(desk, batch, 100 * sum(YUAN[HALF:6]))
    rest = [word for one in buyers[HALF:] for word in ("--account", one.account_no)]
    _all_is_loaded(_run(desk, batch, *rest).json, desk, buyers, prepaid, order_fen)
    _the_books_agree(desk, batch, 100 * sum(YUAN[:6]) + order_fen)


def _pay(desk: Desk, batch: str, fen: int) -> None:
    money = desk.run("batch", "pay", batch, "--tender", "cash", "--fen", fen)
    assert money["remainder"] == 0


def _run(desk: Desk, batch: str, *cards: str) -> Answer:
    desk.clear_rack()
    desk.rack(*cards, "--feed", "--pace", "0")
    run = desk.start("batch", "run", batch, "--json")
    for _ in range(LOOKS):
        assert desk.run("verify")["ok"]
    answer = run.answer()
    assert answer.status == 0, str(answer)
    return answer


def _half_is_loaded(answer: Answer, buyers: list[Person]) -> None:
    lines = answer.json["lines"]
    assert all(set(line) >= DONE for line in lines)
    assert [line["state"] for line in lines] == [
        *["done"] * HALF,
        *["unfunded"] * 3,
        "done",
        "stopped",
    ]
    assert {line["reason"] for line in lines[HALF:6]} == {"line_unfunded"}
    unpaid = [brief("line_unfunded", translator(lang)) for lang in LANGUAGES]
    assert sum(map(answer.err.count, unpaid)) == 3


def _all_is_loaded(
    found: dict[str, list[dict[str, object]]],
    desk: Desk,
    buyers: list[Person],
    prepaid: Person,
    order_fen: int,
) -> None:
    lines = found["lines"]
    assert [line["state"] for line in lines] == ["done"] * 7 + ["stopped"]
    assert [line["fen"] for line in lines[:6]] == [100 * yuan for yuan in YUAN[:6]]
    assert lines[6]["volume_m3"] == "20"
    for one in (*buyers, prepaid):
        assert counter_on(desk, one.card_no) == one.counter + 1
    assert len({line["receipt_no"] for line in lines[:7]}) == 7
    for line in lines[:7]:
        for paper in ("a5", "80mm"):
            file = desk.home / "papers" / f"{line['receipt_no']}-{paper}.pdf"
            assert file.read_bytes().startswith(b"%PDF")
    assert order_fen > 0


def _the_books_agree(desk: Desk, batch: str, fen: int) -> None:
    assert desk.run("sync")["unsent"] == 0
    proof = desk.run("verify")
    assert proof["ok"]
    assert proof["disagreements"] == []
    assert proof["taken_fen"] == proof["loaded_fen"] == proof["posted_fen"] == fen
    sheet = desk.run("batch", "sheet", batch, "--out", desk.folder / "out")
    assert Path(sheet["paper"]).read_bytes().startswith(b"%PDF")
    words = ("totals", "--home", desk.folder / "centre", "--json")
    totals = desk.ask(*words, program="cardstation-central")
    assert totals.status == 0, str(totals)
    assert totals.json["disagreements"] == []
    assert -totals.json["classes"]["gas_sold"] == proof["money_terms"]["gas_loaded"]
