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
        self.account, self.into = one.account_no, "old meter"
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

    def meter(self, card: str) -> Any:
        """Into the household's meter."""
        self.desk.pull()
        return self.desk.run("training", "meter", card, "--meter", self.into)

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

    def changed(self, card: str, kind: str = "volume") -> Any:
        """The meter is replaced by one of another number: form, card, what was left onto it."""
        old = self.meter(card)["meter"]
        self.meter_no, self.into = "QM8800000001", "new meter"
        left = ("--left", old["residual"] / 1_000, "--counter", old["purchase_counter"])
        asked = (self.account, self.meter_no, "--kind", kind, *left, "--order", "WO-8")
        due = self.desk.run("change-meter", "reckon", *asked)
        carried = due["carried"]["quantity"]
        agreed = carried / 100 if kind == "money" else carried
        words = ("--carried", agreed, "--why", "it stood still")
        rest = ("--to-balance", due["carried"]["to_balance"])
        form = self.two("change-meter", "record", *asked, *words, *rest)
        assert form["new_no"] == self.meter_no
        self.lay(card)
        assert self.desk.run("change-meter", "card", self.account)["meter_no"] == self.meter_no
        self.lay(card)
        slip = self.desk.run("make-up", "load", form["due_id"])
        assert (slip["kind"], slip["paid"]) == ("carried_slip", 0)
        return slip

    def proven(self, card: str, in_meter: int) -> None:
        """Books and cards agree, and what was sold is in the meter: litres, or fen."""
        proof = self.desk.run("verify")
        assert proof["ok"], proof["disagreements"]
        assert self.meter(card)["meter"]["residual"] == in_meter


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
    flow.proven("b2", 55_000)
    flow.changed("b2")
    flow.takes("b2", 55)
    assert flow.issue("b2")["work"] == "bind"
    flow.buy("b2", 4)
    flow.reverse("b2")
    flow.buy("b2", 6)
    flow.takes("b2", 6)
    flow.proven("b2", 61_000)


def test_a_meter_of_the_other_kind_goes_on_with_what_was_left_in_money(desk: Desk) -> None:
    flow = Flow(desk, "exact")
    flow.opened("b1")
    flow.buy("b1", 10)
    flow.takes("b1", 10)
    carried = flow.changed("b1", "money")["gas"]
    assert flow.meter("b1")["credited"]
    assert flow.issue("b1")["work"] == "bind"
    bought = flow.desk.run("top-up", "--money", 50)
    assert flow.meter("b1")["credited"]
    flow.proven("b1", carried + bought["gas"])
