"""Invoices on the command line and on the console: files in and out, who may, what is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from cardstation.cli.central import main
from tests.kit.console import logged_in
from tests.kit.invoiced import DAY, HEAD, SELLER_FILE, Shop, digital, issued, rows_in, shop_of
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

FIRST, SECOND = "S001-2026-000001", "S001-2026-000002"


@pytest.fixture
def shop(centre: Centre) -> Shop:
    return shop_of(centre)


class Desk:
    """The command line of the centre, with its answers."""

    def __init__(self, shop: Shop, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.shop, self.folder, self._capsys = shop, folder, capsys
        (folder / "seller.toml").write_text(SELLER_FILE, "utf-8")

    def run(self, *words: object, status: int = 0) -> str:
        self._capsys.readouterr()
        said = ["invoices", *map(str, words), "--dsn", self.shop.books.dsn]
        assert main(said) == status, self._capsys.readouterr()
        return self._capsys.readouterr().out

    def ask(self, *words: object, status: int = 0, by: str = "anna") -> str:
        days = ("--from", DAY, "--to", DAY, "--seller", self.folder / "seller.toml")
        place = ("--out", self.folder / "ask.csv")
        return self.run("ask", *days, *place, "--by", by, *words, status=status)

    def take(self, *rows: str, status: int = 0) -> str:
        (self.folder / "answers.csv").write_text(
            HEAD + "".join(f"{row}\n" for row in rows), "utf-8"
        )
        return self.run("take", self.folder / "answers.csv", "--by", "anna", status=status)


@pytest.fixture
def desk(shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(shop, tmp_path, capsys)


def test_a_month_of_invoices_from_the_command_line(desk: Desk) -> None:
    entry = desk.shop.sell(7, FIRST)
    desk.shop.sell(8, SECOND)
    desk.run("title", "0000000008", "--title", "先锋面馆", "--by", "anna")
    desk.run("paper", SECOND, "--no", digital(50), "--day", DAY, "--by", "anna")
    told = json.loads(desk.ask("--json"))
    assert (told["invoice"], told["red_letter"], told["fen"], told["more"]) == (1, 0, 3_000, False)
    kept = (desk.folder / "ask.csv").read_bytes()
    (row,) = rows_in(kept)
    assert "nothing was written" in desk.ask()
    desk.run("file", told["file"], "--out", desk.folder / "again.csv")
    assert (desk.folder / "again.csv").read_bytes() == kept
    said = desk.take(issued(row["申请号"], 1), issued(99, 2), status=5)
    assert "line 3: invoice_unknown" in said
    assert "1 issued, 0 refused, 0 reversed, 0 known, 1 not taken" in said
    desk.shop.take_back(FIRST, entry)
    listed = json.loads(desk.run("list", "--json"))
    assert [(one["receipt_no"], one["state"]) for one in listed["invoices"]] == [
        (FIRST, "red_letter_due")
    ]
    assert f"{FIRST}/1  0000000007  ¥30.00  red_letter_due  {digital(1)}" in desk.run("list")
    assert digital(50) in desk.run("list", "--account", "0000000008")
    assert FIRST not in desk.run("list", "--state", "issued")
    assert "1 red letters" in desk.ask()


def test_who_may_not_and_what_makes_no_sense_is_refused(desk: Desk) -> None:
    desk.shop.sell(7, FIRST)
    desk.ask(by="ted", status=3)
    desk.ask(by="nobody", status=3)
    desk.run("paper", FIRST, "--no", "123", "--day", DAY, "--by", "anna", status=3)
    desk.run("title", "1", "--title", " ", "--by", "anna", status=3)
    desk.run("title", "1", "--title", "甲", "--tax-no", "12", "--by", "anna", status=3)
    desk.run("file", 7, "--out", desk.folder / "x", status=3)
    seller = desk.folder / "seller.toml"
    for wrong in (
        "name = 1",
        "rate_percent = 9",
        SELLER_FILE + "more = 1",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin1"),
    ):
        seller.write_text(wrong, "utf-8")
        desk.ask(status=3)
    seller.write_text(SELLER_FILE.replace("= 9", "= 100"), "utf-8")
    desk.ask(status=3)
    seller.write_text(SELLER_FILE, "utf-8")
    days = ("--from", "2999-01-01", "--to", "2999-01-02", "--seller", seller)
    desk.run("ask", *days, "--out", desk.folder / "x", "--by", "anna", status=3)
    days = ("--from", DAY, "--to", "2020-01-01", "--seller", seller)
    desk.run("ask", *days, "--out", desk.folder / "x", "--by", "anna", status=3)
    # A place that cannot be written: what was asked is on record, and the file can be fetched.
    days = ("--from", DAY, "--to", DAY, "--seller", seller)
    desk.run("ask", *days, "--out", desk.folder, "--by", "anna", status=2)
    desk.run("file", 1, "--out", desk.folder / "saved.csv")
    assert rows_in((desk.folder / "saved.csv").read_bytes())[0]["收据号"] == FIRST
    assert desk.shop.states() == {FIRST: "asked"}
    assert FIRST not in desk.run("list")
    with desk.shop.books.owner.begin() as connection:
        connection.execute(text("UPDATE invoices SET asked_at = asked_at - interval '4 days'"))
    assert f"{FIRST}/1" in desk.run("list")


def test_the_console_shows_invoices_beside_the_household_and_what_is_due(desk: Desk) -> None:
    shop = desk.shop
    entry = shop.sell(7, FIRST)
    shop.sell(8, SECOND)
    one, _ = (row["申请号"] for row in shop.requests())
    shop.answer(issued(one, 1))
    shop.take_back(FIRST, entry)
    with logged_in(shop.town.centre, "anna") as browser:
        page = browser.get("invoices").text
        assert "Red letter due" in page
        assert FIRST in page
        assert SECOND not in page
        assert digital(1) in browser.get("households", q="0000000007").text
        told = browser.get("exports/invoices.csv").text
        assert FIRST in told
        assert digital(1) in told
