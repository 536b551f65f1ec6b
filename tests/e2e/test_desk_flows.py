"""The flows by which gas companies try cards, at the command line, for all four counter schools."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from tests.kit.e2e import Desk
from tests.kit.e2e_cards import TARIFFS, people, write_directory

pytestmark = [pytest.mark.pcsc, pytest.mark.postgres]

CHIEF, ANNA = "chief", "anna"
PIN, CHIEFS_PIN = "583920", "280391"
SCHOOLS = ("exact", "greater", "cumulative", "none")
MAKERS = dict(zip(SCHOOLS, ("CS01", "CS02", "CS03", "CS04"), strict=True))
ROOM = 1_000


class Flow:
    """One household that never had a card, its meter, and a desk with two people on duty."""

    def __init__(self, desk: Desk, school: str) -> None:
        self.desk, self.school, self.maker = desk, school, MAKERS[school]
        [one] = people(1, money_meters=0)
        self.account, self.card_no = one.account_no, one.card_no
        self._directory()
        self._people()
        desk.rack()

    def _directory(self) -> None:
        [one] = people(1, money_meters=0)
        path = write_directory(self.desk.folder / "directory.csv", [one])
        with path.open(encoding="utf-8", newline="") as file:
            [row] = csv.DictReader(file)
        row |= {"purchase_counter": "0", "bought_this_year_m3": "0"}
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(row))
            writer.writeheader()
            writer.writerow(row)
        self.meter_no = row["meter_no"]
        self.desk.run("directory", "import", path, "--tariffs", TARIFFS)
        centre = self.desk.centre()
        self.desk.run("enrol", centre.url, CARDSTATION_ENROL_CODE=centre.code)

    def _people(self) -> None:
        run = self.desk.run
        run("clerk", "add", CHIEF, "--role", "supervisor", CARDSTATION_PIN=CHIEFS_PIN)
        approved = {"CARDSTATION_PIN": PIN, "CARDSTATION_APPROVER_PIN": CHIEFS_PIN}
        run("clerk", "add", ANNA, "--role", "teller", "--approver", CHIEF, **approved)
        run("shift", "open", ANNA, "--float", str(ROOM), CARDSTATION_PIN=PIN)

    def lay(self, card: str) -> None:
        """Another card in the reader."""
        self.desk.pull()
        self.desk.insert(card)

    def two(self, *words: object) -> Any:
        """A command that two people sign."""
        return self.desk.run(*words, "--approver", CHIEF, CARDSTATION_APPROVER_PIN=CHIEFS_PIN)

    def issue(self, card: str) -> Any:
        """Onto the card in the reader."""
        self.lay(card)
        return self.desk.run("issue", "card", self.account, "--maker", self.maker)

    def opened(self, card: str) -> None:
        """Issued on a blank, at home, and bound."""
        self.desk.run("training", "rack", "blank", card)
        assert self.issue(card)["work"] == "issue"
        assert self.read(card)["identity"]["card_type"] == "opening"
        assert self.meter(card)["written"]
        bound = self.issue(card)
        assert (bound["work"], bound["meter_no"]) == ("bind", self.meter_no)

    def read(self, card: str) -> Any:
        """What the desk sees."""
        self.lay(card)
        return self.desk.run("card", "read")

    def meter(self, card: str, name: str = "meter") -> Any:
        """Into the household's meter."""
        self.desk.pull()
        return self.desk.run("training", "meter", card, "--meter", name)

    def takes(self, card: str, m3: int) -> None:
        """The meter credits so much, and nothing when the card comes again."""
        assert float(self.meter(card)["credited"]) == m3
        assert not float(self.meter(card)["credited"])

    def buy(self, card: str, m3: int) -> Any:
        """Sold for cash."""
        self.lay(card)
        return self.desk.run("top-up", "--volume", m3)

    def reverse(self, card: str) -> None:
        """Off the card again, and the money handed over."""
        self.lay(card)
        owed = self.two("reverse", "--reading", "photo 118")
        assert owed["state"] == "sealed"
        assert self.two("pay-out", owed["intent"])["state"] == "refunded"

    def reissued(self, card: str) -> None:
        """A blank in the place of a lost card, with its last load; a fitter read the meter."""
        self.desk.run("training", "rack", "blank", card)
        self.lay(card)
        words = ("--why", "lost on the way home", "--reading", "photo 119")
        made = self.two("reissue", "card", self.account, "--maker", self.maker, *words)
        assert (made["work"], made["generation"]) == ("reissue", 1)

    def made_up(self, card: str, m3: int) -> None:
        """Given by two people, without money, and loaded."""
        words = ("--document", "WO-7", "--why", "the meter stood still")
        due = self.two("make-up", "grant", self.account, "--volume", m3, *words)
        self.lay(card)
        slip = self.desk.run("make-up", "load", due["due"])
        assert (slip["kind"], slip["paid"]) == ("make_up_slip", 0)

    def proven(self, card: str, in_meter_m3: int) -> None:
        """Books and cards agree, and what was sold is in the meter."""
        proof = self.desk.run("verify")
        assert proof["ok"], proof["disagreements"]
        assert self.meter(card)["meter"]["residual"] == in_meter_m3 * 1_000


@pytest.mark.parametrize("school", SCHOOLS)
def test_open_issue_buy_reverse_buy_reissue_buy_make_up(desk: Desk, school: str) -> None:
    flow = Flow(desk, school)
    flow.opened("b1")
    assert flow.read("b1")["stop"] == ""
    flow.buy("b1", 10)
    flow.takes("b1", 10)
    counted = flow.read("b1")["credit"]["purchase_counter"]
    flow.buy("b1", 20)
    flow.reverse("b1")
    shown = flow.read("b1")
    assert shown["pending"] is None
    assert shown["credit"]["purchase_counter"] == counted
    assert not float(flow.meter("b1")["credited"])
    flow.buy("b1", 30)
    flow.takes("b1", 30)
    flow.buy("b1", 5)
    flow.reissued("b2")
    flow.takes("b2", 5)
    assert not float(flow.meter("b1")["credited"]), "the lost card turns up"
    flow.buy("b2", 7)
    flow.takes("b2", 7)
    flow.made_up("b2", 3)
    flow.takes("b2", 3)
    flow.proven("b2", 55)
