"""`cardstation batch quote … refunds`: the money of a batch from the command line."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.bootstrap.entry import doors
from cardstation.cli.books import proof_lines
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main
from cardstation.domain.money import Money
from cardstation.domain.offline_limit import GrantCover
from cardstation.domain.volume import Volume
from cardstation.i18n import translator
from cardstation.services.open_shift import open_shift
from cardstation.services.verify import Verification
from drivers.keys import KeptDeviceKey
from tests.kit.papers import pages_of
from tests.kit.shifts import ANNA, CHIEF, PINS, PlainPins, desk_with_clerks
from tests.kit.station import line, neighbours, put_batch

BATCH = "2026-11-24-01"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a shift open and a batch of three rows of 100 yuan."""
    home = tmp_path / "home"
    monkeypatch.setenv("CARDSTATION_HOME", str(home))
    monkeypatch.setenv("CARDSTATION_APPROVER_PIN", PINS[CHIEF])
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    monkeypatch.setattr("cardstation.bootstrap.station.Argon2Pin", PlainPins)
    people = neighbours(3)
    desk = desk_with_clerks(home, households=people)
    desk.station = replace(desk.station, device_key=KeptDeviceKey(home, training=True))
    open_shift(desk.station, ANNA, PINS[ANNA], float_money=Money.of_yuan("500"))
    put_batch(desk, [line(one, row) for row, one in enumerate(people, start=2)], BATCH)
    desk.station.store.close()
    return home


class Shell:
    """Runs commands with `--json`."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str, status: int = 0) -> Any:
        self._capsys.readouterr()
        assert main(doors(), COMMANDS, ["batch", *words, "--json"]) == status
        said = self._capsys.readouterr()
        return json.loads(said.out or said.err)


@pytest.fixture
def batch(home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    assert home.exists()
    return Shell(capsys)


def test_how_far_the_grant_reaches_is_said_before_money_is_taken(
    batch: Shell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cover = GrantCover(3, 1, Money.of_yuan("100"), Volume.of_m3("35"))
    pay = ["batch", "pay", BATCH, "--tender", "cash", "--yuan", "100", "--json"]
    monkeypatch.setattr("cardstation.cli.batch.grant_cover", lambda *_asked: cover)
    assert main(doors(), COMMANDS, pay) == 0
    said = capsys.readouterr()
    assert "离线授信" in said.err
    reaches = json.loads(said.out)["grant_reaches"]
    assert reaches == {"rows": 3, "covered": 1, "money": 10_000, "volume": "35"}
    assert batch("money", BATCH)["payments"][0]["fen"] == 10_000


def test_quote_pay_release_and_give_back(batch: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    quote = batch("quote", BATCH)
    assert (quote["total_fen"], len(quote["lines"])) == (30_000, 3)
    assert quote["reference"] in "".join(
        "".join(pages_of(Path(quote["paper"]).read_bytes())).split()
    )
    how = ("--tender", "bank_transfer", "--reference", f"9931 {quote['reference']}")
    paid = batch("pay", BATCH, *how, "--yuan", "210")
    assert (paid["received"], paid["funded"], paid["remainder"]) == (21_000, 20_000, 1000)
    assert "S001-2026-A000001" in Path(paid["paper"]).name
    much = ("pay", BATCH, "--tender", "cash", "--yuan", "130", "--line", "3")
    assert batch(*much, status=3)["error"] == "payment_above"
    batch(*much, "--again")

    released = batch("release", BATCH, "1", "--reason", "absent")
    assert released["fen"] == 10_000
    assert batch("release", BATCH, "1", "--reason", "absent", status=3)["error"] == "line_released"

    told = batch("money", BATCH)
    (lump, envelope) = told["payments"]
    assert (lump["matches_quote"], lump["remains_fen"]) == (True, 11_000)
    assert (envelope["line"], envelope["remains_fen"]) == (3, 3000)
    assert [one["released"] for one in told["lines"]] == ["absent", "", ""]
    assert told["lines"][2]["envelope_left"] == 3000

    approver = ("--approver", CHIEF)
    back = batch("give-back", BATCH, lump["payment_id"], "--yuan", "110", *approver)
    assert (back["tender"], back["fen"]) == ("bank_transfer", 11_000)
    again = batch("give-back", BATCH, lump["payment_id"], "--yuan", "1", *approver, status=3)
    assert again["error"] == "more_than_remains"
    paper = batch("refunds", BATCH)["paper"]
    assert "¥110.00" in "".join(pages_of(Path(paper).read_bytes()))

    assert main(doors(), COMMANDS, ["batch", "money", BATCH]) == 0
    said = capsys.readouterr().out
    assert lump["payment_id"] in said
    for head in ("已收款", "收条号", "已退", "房号", "占用", "无人在家"):
        assert head in said, head


@pytest.mark.parametrize("tender", ["bank_transfer", "qr_code"])
def test_money_that_is_no_cash_has_a_number(batch: Shell, tender: str) -> None:
    how = ("pay", BATCH, "--tender", tender, "--yuan", "100")
    for more in ((), ("--reference", "  "), ("--again",)):
        assert batch(*how, *more, status=3)["error"] == "payment_number_missing"
    assert batch(*how, "--reference", "0931")["received"] == 10_000


def test_the_proof_is_told_in_the_desks_own_words(
    batch: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    batch("pay", BATCH, "--tender", "cash", "--yuan", "100")
    capsys.readouterr()
    assert main(doors(), COMMANDS, ["verify"]) == 0
    held = capsys.readouterr().out
    assert "全部相符" in held
    assert not re.search("[a-z]{3}", held), "an open shift: no sum, and no English key"


def test_an_open_till_apart_every_term_of_the_proof_has_its_name() -> None:
    terms = {"tenders": 100, "sold_litres": 2500, "made_up": 1}
    proof = Verification(True, (), terms, {"void_litres": 0}, 1, 2, 3, entries=4, acked_seq=4)
    said = "\n".join(proof_lines(proof, translator("zh_CN")))
    assert "¥1.00" in said
    assert "2.5 m³" in said
    assert re.findall("[a-z_]{3,}", said) == ["made_up"]


def test_a_second_acknowledgement_is_a_reprint(batch: Shell) -> None:
    batch("pay", BATCH, "--tender", "cash", "--yuan", "100")
    paper = batch("acknowledgement", "S001-2026-A000001")["paper"]
    assert paper.endswith("S001-2026-A000001-1.pdf")
    assert "补打" in "".join(pages_of(Path(paper).read_bytes()))
    unknown = batch("acknowledgement", "S001-2026-A000009", status=3)
    assert unknown["error"] == "unknown_acknowledgement"


def test_the_payer_signs_the_quote(batch: Shell, tmp_path: Path) -> None:
    assert (
        batch("sign-quote", BATCH, "--quote", f"{BATCH}-Q1", "--on-paper", status=3)["error"]
        == "no_quote_to_sign"
    )
    quote = batch("quote", BATCH)
    assert (
        batch("sign-quote", BATCH, "--quote", f"{BATCH}-Q1", status=3)["error"]
        == "quote_not_signed"
    )
    photo = tmp_path / "signed.txt"
    photo.write_text("no picture")
    refused = batch(
        "sign-quote", BATCH, "--quote", f"{BATCH}-Q1", "--signature", str(photo), status=3
    )
    assert refused["error"] == "signature_not_picture"
    assert batch("money", BATCH)["quote"]["signed_at"] is None
    photo.write_bytes(b"\xff\xd8\xff page")
    signed = batch(
        "sign-quote", BATCH, "--quote", f"{BATCH}-Q1", "--by", "王经理", "--signature", str(photo)
    )
    assert signed["quote_no"] == quote["quote_no"]
    assert batch("money", BATCH)["quote"]["signed_at"] == signed["signed_at"]
    paid = batch("pay", BATCH, "--tender", "cash", "--yuan", "100")
    assert "按签字的报价单顺序" in "".join(pages_of(Path(paid["paper"]).read_bytes()))
