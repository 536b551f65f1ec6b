"""The whole life of a bag by the command line: every step's money to the fen, every card's place.

A list of five cards; one never arrives, one more than the list lies in the bag. What was paid for
the missing one goes back to its payer, and the bag goes home, signed.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.kit.e2e import Desk
from tests.kit.e2e_cards import counter_on, people, take_in, write_list

pytestmark = [pytest.mark.pcsc, pytest.mark.postgres]

YUAN = (100, 150, 200, 120, 300)
TOTAL = 100 * sum(YUAN)
MISSING = 4
BACK = 100 * YUAN[MISSING - 1]
LOADED = TOTAL - BACK
CHIEF, ANNA = "chief", "anna"
PIN, CHIEFS_PIN = "583920", "280391"
CHIEFS = {"CARDSTATION_APPROVER_PIN": CHIEFS_PIN}
MANAGER = "净月新城物业服务中心"
STEPS = [
    *(
        "listed",
        "quoted",
        "signed",
        "collected",
        "received",
        "started",
        "paused",
        "explained",
        "explained",
    ),
    *("finished", "returned", "photographed", "closed", "purged"),
]


class Story:
    """A desk with a shift open, and one bag."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        *self.lines, self.extra = people(len(YUAN) + 1)
        self.missing = self.lines[MISSING - 1]
        self.batch = ""

    def __call__(self, verb: str, *words: object, **how: Any) -> Any:
        """A command about the batch."""
        return self.desk.run("batch", verb, self.batch, *words, **how)

    def where(self, told: Any, stage: str, **where: int) -> None:
        """Every card is where it should be, and nowhere else."""
        tally = {place: count for place, count in told["tally"].items() if count}
        assert (told["stage"], tally) == (stage, where), told
        assert sum(tally.values()) == told["cards"] == len(YUAN)

    def open_desk(self) -> None:
        """The directory, the ledger, two clerks, a shift."""
        run = self.desk.run
        take_in(self.desk, [*self.lines, self.extra])
        centre = self.desk.centre()
        run("enrol", centre.url, CARDSTATION_ENROL_CODE=centre.code)
        run("clerk", "add", CHIEF, "--role", "supervisor", CARDSTATION_PIN=CHIEFS_PIN)
        approved = {"CARDSTATION_PIN": PIN, "CARDSTATION_APPROVER_PIN": CHIEFS_PIN}
        run("clerk", "add", ANNA, "--role", "teller", "--approver", CHIEF, **approved)
        run("shift", "open", ANNA, "--float", "500", CARDSTATION_PIN=PIN)

    def list_and_quote(self) -> str:
        """Listed, quoted; returns the payment reference."""
        rows = list(zip(self.lines, map(str, YUAN), strict=True))
        path = write_list(self.desk.folder / "收卡.xlsx", rows)
        whose = ("--manager", MANAGER, "--team", "二组", "--zone", "controlled")
        taken = self.desk.run("batch", "import", path, *whose)
        self.batch = taken["batch"]
        assert (taken["manager"], taken["zone"]) == (MANAGER, "controlled")
        assert [(one["verdict"], one["fen"]) for one in taken["lines"]] == [
            ("ready", 100 * yuan) for yuan in YUAN
        ]
        self.where(self("custody"), "listed", not_collected=5)
        quote = self("quote")
        assert (quote["total_fen"], quote["refused"]) == (TOTAL, [])
        assert sum(line["fen"] for line in quote["lines"]) == TOTAL
        self.where(self("custody"), "quoted", not_collected=5)
        signed = self("sign-quote", "--quote", quote["quote_no"], "--by", "陈国栋", "--on-paper")
        assert signed["quote_no"] == quote["quote_no"]
        return str(quote["reference"])

    def pay(self, reference: str) -> str:
        """One transfer that names the quote; returns its number."""
        how = ("--tender", "bank_transfer", "--reference", f"0931 {reference}", "--fen", TOTAL)
        paid = self("pay", *how)
        assert (paid["received"], paid["funded"], paid["remainder"]) == (TOTAL, TOTAL, 0)
        assert Path(paid["paper"]).read_bytes().startswith(b"%PDF")
        [payment] = self("money")["payments"]
        assert payment["matches_quote"]
        assert (payment["fen"], payment["given_back_fen"]) == (TOTAL, 0)
        return str(payment["payment_id"])

    def bring(self, signature: Path) -> None:
        """Five are said to be in the bag; four of them arrive, and one of nobody on the list."""
        label = self("label", "--cards", 5)
        sealed = ("--seal", label["seal_no"], "--given-by", "陈", "--given-signature", signature)
        collected = self("collect", "--arrived", 5, *sealed, "--taken-by", "李", "--on-paper")
        assert collected["seals"] == [label["seal_no"]]
        assert collected["timeline"][-1]["arrived"] == 5
        self.where(collected, "collected", team=5)
        counted = ("--missing", MISSING, "--extra", self.extra.card_no)
        team = ("--from", "team", "--given-by", "李", "--given-signature", signature)
        received = self("receive", *team, "--arrived", 5, "--seal", label["seal_no"], *counted)
        event = received["timeline"][-1]
        assert (event["expected"], event["arrived"], event["missing"]) == (5, 5, [MISSING])
        self.where(received, "received", waiting=4, missing=1)
        traced = self.desk.run("batch", "trace", label["seal_no"])
        assert (traced["ours"], traced["holder"], traced["counts"]["desk"]) == (True, "desk", 5)
        assert (received["extras"], received["unexplained"]) == (
            [self.extra.card_no[-4:]],
            [MISSING],
        )

    def run(self) -> None:
        """Two readers, fed out of one bag."""
        cards = [*(one for one in self.lines if one is not self.missing), self.extra]
        accounts = [word for one in cards for word in ("--account", one.account_no)]
        self.desk.rack(*accounts, "--feed", "--pace", "0", "--readers", 2, "--true-timing")
        told = self("run", "--idle", "12")
        self.desk.clear_rack()
        states = [line["state"] for line in told["lines"]]
        assert states == ["waiting" if no == MISSING else "done" for no in range(1, 6)], told
        assert told["totals"]["loaded_fen"] == LOADED
        assert [one["code"] for one in told["strays"]] == ["card_not_in_batch"]
        for one in cards[:-1]:
            assert counter_on(self.desk, one.card_no) == one.counter + 1
        assert counter_on(self.desk, self.extra.card_no) == self.extra.counter
        self.where(self("custody"), "running", done=4, missing=1)

    def explain(self) -> None:
        """The missing card is lost, the one too many goes back to who gave it."""
        self("explain", "lost", "--lines", MISSING, "--approver", CHIEF, **CHIEFS)
        told = self("explain", "given_back", "--extra", self.extra.card_no[-4:])
        assert (told["unexplained"], told["extras"], told["short"]) == ([], [], 0)
        self.where(told, "running", done=4, missing=1)
        assert self("release", MISSING, "--reason", "absent")["fen"] == BACK

    def go_home(self, signature: Path, payment: str) -> None:
        """Papers, a signed return, the money of the missing card to its payer, the end."""
        papers = [Path(path).name for path in self("papers")["papers"]]
        assert len([name for name in papers if name.endswith("-a5.pdf")]) == 4
        assert self("close", status=3)["error"] == "cards_not_back"
        sides = ("--taken-by", "陈", "--taken-signature", signature)
        back = self("return", "--arrived", 4, *sides)
        assert (back["stage"], back["hindrance"]) == ("returned", "batch_money_open")
        self.where(back, "returned", returned=4, missing=1)
        assert self("close", status=3)["error"] == "batch_money_open"
        given = self("give-back", payment, "--yuan", BACK // 100, "--approver", CHIEF, **CHIEFS)
        assert (given["tender"], given["fen"]) == ("bank_transfer", BACK)
        assert Path(self("refunds")["paper"]).exists()
        assert self("close", status=3)["error"] == "paper_to_photograph"
        self.where(self("photo", signature), "closed", returned=4, missing=1)

    def purge_and_prove(self) -> None:
        """Names and rooms go; no proof needs them."""
        assert self("purge")["purged"] == [self.batch]
        told = self("custody")
        self.where(told, "closed", returned=4, missing=1)
        assert [one["step"] for one in told["timeline"]] == STEPS
        words = ("shift", "close", "--counted", "500")
        closed = self.desk.run(*words, CARDSTATION_PIN=PIN)
        assert closed["over_short"] == 0
        assert self.desk.run("sync")["unsent"] == 0
        proof = self.desk.run("verify")
        assert proof["ok"], proof["disagreements"]
        assert proof["taken_fen"] == proof["loaded_fen"] == proof["posted_fen"] == LOADED
        words = ("totals", "--home", str(self.desk.folder / "centre"), "--json")
        totals = self.desk.ask(*words, program="cardstation-central").json
        assert totals["disagreements"] == []
        assert totals["entries"] == proof["entries"]
        assert -totals["classes"]["gas_sold"] == proof["money_terms"]["gas_loaded"]


def test_the_story_of_a_bag(desk: Desk) -> None:
    story = Story(desk)
    story.open_desk()
    signature = drawn(desk.folder / "signed.png")
    payment = story.pay(story.list_and_quote())
    story.bring(signature)
    story.run()
    story.explain()
    story.go_home(signature, payment)
    story.purge_and_prove()


def drawn(path: Path) -> Path:
    """A signature: a grey picture of eight by eight dots."""
    rows = b"".join(b"\0" + bytes([200 - 20 * row] * 8) for row in range(8))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
    )
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + b"".join(_part(*one) for one in (*parts, (b"IEND", b"")))
    )
    return path


def _part(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
