"""A desk with two people on duty where gas companies try their cards, each flow on a household."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from tests.kit.e2e import Desk
from tests.kit.e2e_cards import TARIFFS, people, write_directory
from tests.kit.teller import Teller

CHIEF, ANNA = "chief", "anna"
PIN, CHIEFS_PIN = "583920", "280391"
SCHOOLS = ("exact", "greater", "cumulative", "none")
MAKERS = dict(zip(SCHOOLS, ("CS01", "CS02", "CS03", "CS04"), strict=True))
FLOAT = 1_000
FEN_PER_M3 = 280
"""Of the first tier; no flow buys more."""
READERS = 2


class FlowDesk:
    """The real card service and the real ledger behind one interpreter of commands."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._fresh = self._taken_in()
        centre = desk.centre()
        desk.run("enrol", centre.url, CARDSTATION_ENROL_CODE=centre.code)
        desk.rack("--readers", READERS)
        self.run = Teller(desk)
        self._people()
        self.sold_fen = 0
        self._slot, self._inside = 0, ""

    def _taken_in(self) -> Iterator[dict[str, str]]:
        persons = people(len(SCHOOLS) * 5, money_meters=0)
        path = write_directory(self.desk.folder / "directory.csv", persons)
        with path.open(encoding="utf-8", newline="") as file:
            rows = [*csv.DictReader(file)]
        rows = [{**row, "purchase_counter": "0", "bought_this_year_m3": "0"} for row in rows]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        self.desk.run("directory", "import", path, "--tariffs", TARIFFS)
        return iter(rows)

    def _people(self) -> None:
        run = self.run
        run("clerk", "add", CHIEF, "--role", "supervisor", CARDSTATION_PIN=CHIEFS_PIN)
        approved = {"CARDSTATION_PIN": PIN, "CARDSTATION_APPROVER_PIN": CHIEFS_PIN}
        run("clerk", "add", ANNA, "--role", "teller", "--approver", CHIEF, **approved)
        run("shift", "open", ANNA, "--float", str(FLOAT), CARDSTATION_PIN=PIN)

    def household(self) -> dict[str, str]:
        """One that no flow has touched."""
        return next(self._fresh)

    def at_reader(self, card: str, *words: object, **how: Any) -> Any:
        """A command about this card, which lies in the reader when it begins.

        It goes into the other reader than the card before: that one has to be seen empty first.
        """
        if self._inside != card:
            self.pull()
            self._slot = self._slot % READERS + 1
            self.desk.insert(card, slot=self._slot)
            self._inside = card
        return self.run(*words, "--reader", f"0{self._slot - 1}", **how)

    def pull(self) -> None:
        """No card in a reader."""
        if self._inside:
            self.desk.hand("pull", slot=self._slot)
            self._inside = ""

    def prove(self) -> None:
        """Books and cards agree, here and at the centre, to the fen."""
        assert self.run("sync")["unsent"] == 0
        proof = self.run("verify")
        assert proof["ok"], proof["disagreements"]
        words = ("totals", "--home", str(self.desk.folder / "centre"), "--json")
        totals = self.desk.ask(*words, program="cardstation-central").json
        assert totals["disagreements"] == []
        assert totals["entries"] == proof["entries"]
        assert sum(totals["classes"].values()) == 0
        assert totals["classes"]["tender"] == self.sold_fen


class Flow:
    """One household that never had a card, and its meter."""

    def __init__(self, desk: FlowDesk, school: str) -> None:
        self.desk, self.school, self.maker = desk, school, MAKERS[school]
        row = desk.household()
        self.account, self.meter_no = row["account_no"], row["meter_no"]
        self.into, self.kind = self.meter_no, "volume"

    def card(self, name: str) -> str:
        return f"{name}{self.account}"

    def two(self, *words: object, card: str = "") -> Any:
        """A command that two people sign; about the card, where one is named."""
        said = (*words, "--approver", CHIEF)
        proof = {"CARDSTATION_APPROVER_PIN": CHIEFS_PIN}
        return self.desk.at_reader(card, *said, **proof) if card else self.desk.run(*said, **proof)

    def blank(self, name: str) -> str:
        """A new card; its name in the box."""
        card = f"{name}-{self.account}"
        self.desk.run("training", "rack", "blank", card)
        return card

    def issue(self, card: str) -> Any:
        """Onto this card."""
        return self.desk.at_reader(card, "issue", "card", self.account, "--maker", self.maker)

    def opened(self) -> str:
        """Issued on a blank, at home, and bound."""
        card = self.blank("first")
        assert self.issue(card)["work"] == "issue"
        assert self.read(card)["identity"]["card_type"] == "opening"
        assert self.meter(card)["written"]
        self.bound(card)
        return card

    def bound(self, card: str) -> None:
        """The desk has seen that the meter took the card."""
        bound = self.issue(card)
        assert (bound["work"], bound["meter_no"]) == ("bind", self.meter_no)

    def read(self, card: str) -> Any:
        """What the desk sees."""
        return self.desk.at_reader(card, "card", "read")

    def meter(self, card: str) -> Any:
        """Into the household's meter."""
        self.desk.pull()
        return self.desk.run("training", "meter", card, "--meter", self.into)

    def takes(self, card: str, m3: int) -> None:
        """The meter credits so much, and nothing when the card comes again."""
        assert float(self.meter(card)["credited"]) == m3
        self.takes_nothing(card)

    def takes_nothing(self, card: str) -> None:
        """The meter has had it, or refuses the card."""
        assert not float(self.meter(card)["credited"])

    def buy(self, card: str, m3: int) -> Any:
        """Sold for cash, at the price of the first tier."""
        sold = self.desk.at_reader(card, "top-up", "--volume", m3)
        assert sold["paid"] == m3 * FEN_PER_M3
        self.desk.sold_fen += sold["paid"]
        return sold

    def reverse(self, card: str, m3: int) -> None:
        """Off the card again, and the money handed over."""
        owed = self.two("reverse", "--reading", "photo 118", card=card)
        assert owed["state"] == "sealed"
        assert self.two("pay-out", owed["intent"])["state"] == "refunded"
        self.desk.sold_fen -= m3 * FEN_PER_M3

    def reissued(self, name: str = "second", generation: int = 1) -> str:
        """A blank in the place of a lost card, with its last load; a fitter read the meter."""
        card = self.blank(name)
        words = ("--why", "lost on the way home", "--reading", "photo 119")
        asked = ("reissue", "card", self.account, "--maker", self.maker, *words)
        made = self.two(*asked, card=card)
        assert (made["work"], made["generation"]) == ("reissue", generation)
        return card

    def made_up(self, card: str, much: int) -> None:
        """So many m³ or yuan given by two people, without money, and loaded."""
        words = ("--document", "WO-7", "--why", "the meter stood still")
        due = self.two("make-up", "grant", self.account, f"--{self.kind}", much, *words)
        slip = self.desk.at_reader(card, "make-up", "load", due["due"])
        assert (slip["kind"], slip["paid"]) == ("make_up_slip", 0)

    def changed(self, card: str, kind: str = "volume") -> Any:
        """The meter is replaced by one of another number: form, card, what was left onto it."""
        form = self.change_recorded(card, kind)
        written = self.desk.at_reader(card, "change-meter", "card", self.account)
        assert written["meter_no"] == self.meter_no
        slip = self.desk.at_reader(card, "make-up", "load", form["due_id"])
        assert (slip["kind"], slip["paid"]) == ("carried_slip", 0)
        return slip

    def change_recorded(self, card: str, kind: str = "volume") -> Any:
        """What was left in the old meter is read, reckoned, and due for the new one."""
        old, was = self.meter(card)["meter"], self.kind
        number = int(self.meter_no[2:4]) + 1 if self.meter_no.startswith("QM8") else 80
        self.meter_no = self.into = f"QM{number}{self.account[-8:]}"
        self.kind = kind
        unit = 100 if was == "money" else 1_000
        left = ("--left", old["residual"] / unit, "--counter", old["purchase_counter"])
        kinds = ("--kind", kind, "--was", was)
        asked = (self.account, self.meter_no, *kinds, *left, "--order", "WO-8")
        due = self.desk.run("change-meter", "reckon", *asked)["carried"]
        agreed = due["quantity"] / 100 if kind == "money" else due["quantity"]
        rest = ("--to-balance", due["to_balance"] / 100)
        words = ("--carried", agreed, *rest, "--why", "it stood still")
        form = self.two("change-meter", "record", *asked, *words)
        assert form["new_no"] == self.meter_no
        return form

    def proven(self, card: str, in_meter: int) -> None:
        """Books and cards agree, and what was sold is in the meter: litres, or fen."""
        self.desk.prove()
        assert self.meter(card)["meter"]["residual"] == in_meter
