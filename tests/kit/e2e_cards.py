"""Households, lists and cards of the end-to-end stories."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from drivers.layouts import LAYOUTS
from drivers.purses.chip import KIND
from drivers.virtual.card import VirtualCard
from drivers.virtual.purse_card import VirtualPurseCard
from tests.kit.e2e import Answer, Desk
from tests.kit.workbook import write_workbook

SAMPLES = Path(__file__).parents[1] / "samples"
TARIFFS = SAMPLES / "tariffs.json"
COMMUNITY = "净月新城"
FEN = 10_000
"""Paid for each card of a bag that is like any other."""
YUAN = (100, 150, 200, 120, 300, 180, 250, 160, 140, 220)
STATES = ("quoted", "pay_pending", "paid", "armed", "outcome_unknown", "sealed")


@dataclass(frozen=True, slots=True)
class Person:
    """A household of the sample directory."""

    account_no: str
    name: str
    door: str
    card_no: str
    counter: int
    money_meter: bool


def _rows() -> Iterator[dict[str, str]]:
    with (SAMPLES / "households.csv").open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _plain(row: dict[str, str]) -> bool:
    return (
        row["community"] == COMMUNITY
        and row["status"] == "正常"
        and row["tariff"] == "residential"
        and float(row["arrears_yuan"]) == 0
    )


def people(count: int, money_meters: int = 1, chips: Sequence[str] = ("sle4442",)) -> list[Person]:
    """Households without anything special; the first ones have money meters, on an SLE4442."""
    rows = [row for row in _rows() if _plain(row) and row["chip"] in chips]
    money = [row for row in rows if (row["chip"], row["meter_kind"]) == ("sle4442", "money")]
    by_money = money[:money_meters]
    by_volume = [row for row in rows if row["meter_kind"] == "volume"]
    return [_person(row) for row in (*by_money, *by_volume[: count - len(by_money)])]


def community(most: int, special: int, chips: Sequence[str]) -> list[Person]:
    """Households of the community in directory order, whose cards have one of these chips.

    Args:
        most: So many.
        special: So many of them may be something else than plain: in arrears, stopped, closed, a
            small business, heated by gas.
        chips: Which.
    """
    ours = [row for row in _rows() if row["community"] == COMMUNITY and row["chip"] in chips]
    odd = [row for row in ours if not _plain(row)][:special]
    plain = [row for row in ours if _plain(row)][: most - len(odd)]
    return [_person(row) for row in ours if row in odd or row in plain]


def purse() -> Person:
    """The household of the community whose card is a purse."""
    return _person(next(row for row in _rows() if row["community"] == COMMUNITY and _purse(row)))


def _purse(row: dict[str, str]) -> bool:
    return (row["chip"], row["meter_kind"]) == ("epurse", "money")


def _fitting(row: dict[str, str]) -> dict[str, str]:
    """A purse card has room for a meter number of twelve digits, the samples' have letters."""
    return {**row, "meter_no": f"{row['meter_no'][2:]:0>12}"} if _purse(row) else row


def _person(row: dict[str, str]) -> Person:
    return Person(
        row["account_no"],
        row["name"],
        f"{row['building']}-{row['unit']}-{row['room']}",
        row["card_no"],
        int(row["purchase_counter"]),
        row["meter_kind"] == "money",
    )


def write_directory(path: Path, persons: Sequence[Person]) -> Path:
    """A directory of these households only."""
    wanted = {person.account_no for person in persons}
    rows = [_fitting(row) for row in _rows() if row["account_no"] in wanted]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_list(path: Path, lines: Sequence[tuple[Person, str]]) -> Path:
    """A property manager's list: who, where, which card, how much; an amount may be words."""
    head = ["No.", "户号", "户主", "楼栋单元室", "燃气卡号", "金额", "说明"]
    rows = [
        [float(no), one.account_no, one.name, one.door, one.card_no, _amount(text), _note(text)]
        for no, (one, text) in enumerate(lines, start=1)
    ]
    title: list[str | float | int | None] = [f"{COMMUNITY}物业服务中心代收燃气卡登记表"]
    return write_workbook(path, {"收卡": [title, [], head, *rows]})


def _amount(text: str) -> str | float:
    return float(text) if text.isdecimal() else ("" if text == PREPAID else text)


def _note(text: str) -> str:
    return text if text == PREPAID else ""


PREPAID = "已线上缴费，只需圈存"


def take_in(desk: Desk, persons: Sequence[Person]) -> None:
    """The directory of these households, and its tariffs."""
    path = write_directory(desk.folder / "directory.csv", persons)
    desk.run("directory", "import", path, "--tariffs", TARIFFS)


def take_list(desk: Desk, lines: Sequence[tuple[Person, str]], name: str = "收卡.xlsx") -> str:
    """A list taken in; returns the batch."""
    batch: str = desk.run("batch", "import", write_list(desk.folder / name, lines))["batch"]
    return batch


def paid_bag(desk: Desk, persons: Sequence[Person], *others: Person) -> str:
    """A list of households with `FEN` in cash for each, and others known; returns the batch."""
    take_in(desk, [*persons, *others])
    batch = take_list(desk, [(one, str(FEN // 100)) for one in persons])
    desk.run("batch", "pay", batch, "--tender", "cash", "--fen", FEN * len(persons))
    return batch


def prove_bag(desk: Desk, persons: Sequence[Person], run: Answer) -> None:
    """The run of a paid bag ended well: every card was loaded once, and the money is all of it."""
    assert run.status == 0, str(run)
    assert [line["state"] for line in run.json["lines"]] == ["done"] * len(persons), str(run)
    for one in persons:
        assert states_of(desk, one.card_no) == ["sealed"]
        assert counter_on(desk, one.card_no) == one.counter + 1
    proof = desk.run("verify")
    assert proof["ok"], proof["disagreements"]
    assert proof["taken_fen"] == proof["loaded_fen"] == FEN * len(persons)


def card_file(desk: Desk, card_no: str) -> Path:
    """The virtual card."""
    return desk.home / "training" / "cards" / f"{card_no}.json"


def image_of(desk: Desk, card_no: str) -> bytes:
    """A virtual card's memory as it stands."""
    return VirtualCard.load(card_file(desk, card_no)).image


def counter_on(desk: Desk, card_no: str) -> int:
    """The purchase counter of the credit on a card, 0 when there is none."""
    card = VirtualCard.load(card_file(desk, card_no))
    if isinstance(card.chip, VirtualPurseCard):
        return card.chip.state.of_kind(KIND).online
    image = card.image
    layout = next(one for one in LAYOUTS if one.recognises(image))
    credit = layout.decode(image).credit
    return 0 if credit is None else credit.purchase_counter


def changed_bytes(before: bytes, after: bytes) -> int:
    """How many bytes differ."""
    return sum(one != other for one, other in zip(before, after, strict=True))


def states_of(desk: Desk, card_no: str) -> list[str]:
    """The states of a card's top-ups as the store has them now, oldest first."""
    with closing(sqlite3.connect(f"file:{desk.home / 'station.db'}?mode=ro", uri=True)) as store:
        found = store.execute("SELECT state FROM topup WHERE card_no = ? ORDER BY no", [card_no])
        return [str(state) for (state,) in found]


def received(desk: Desk) -> int:
    """Fen the journal says were taken, in all."""
    proof = desk.run("verify")
    assert proof["ok"], json.dumps(proof["disagreements"], ensure_ascii=False)
    return int(proof["taken_fen"])


def meter_takes(desk: Desk, card_no: str) -> tuple[str, object]:
    """Put a card into its meter: what became of the load, and how much was credited."""
    verdict = desk.run("training", "meter", card_no)
    assert verdict["error"] == 0, verdict
    return verdict["taking"], verdict["credited"]
