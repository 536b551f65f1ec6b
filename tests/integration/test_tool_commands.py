"""`cardstation tool`: every verb with `--json`, its slip, and what lies in the reader explained."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from drivers.layouts.open4442 import OPEN4442
from drivers.virtual import VirtualCard
from tests.kit import cards
from tests.kit.papers import pages_of
from tests.kit.shell import Shell, shell_for
from tests.kit.shifts import CHIEF
from tests.kit.tooling import METER, NOW, used

WHY = ("--why", "the household says that no gas comes", "--approver", CHIEF)
MAKE = (
    *("tool", "make", "change", "--order", "GD-1", "--holder", "李师傅", "--until", "2026-11-27"),
    *("--meter", METER, "--maker", "CS01", *WHY),
)


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    with shell_for(tmp_path, monkeypatch, capsys, [cards.household()]) as shell:
        yield shell


def test_a_tool_card_from_its_order_to_its_return(run: Shell) -> None:
    card = run.put_in(VirtualCard())
    made = run(*MAKE)
    number = made["content"]["card"]["tool_no"]
    assert (made["work"], made["holder"], made["approver"]) == ("tool", "李师傅", CHIEF)
    text = "".join(pages_of(Path(made["paper"]).read_bytes()))
    for said in ("工具卡领用单", "GD-1", "李师傅", number, "换表"):
        assert said in text
    [listed] = run("tool", "list")["tool_cards"]
    assert (listed["status"], listed["valid_until"][:10]) == ("out", "2026-11-27")
    told = run("card", "read", status=3)
    assert (told["error"], told["values"]["work_order"]) == ("tool_card", "GD-1")
    explained = run("card", "explain")
    assert (explained["verdict"], explained["stop"]["code"]) == ("tool", "tool_card")
    used(card, purchase_counter=7)
    run.put_in(card)
    back = run("tool", "take-back", *WHY)
    assert (back["work"], back["brought_home"]["purchase_counter"]) == ("tool_back", 7)
    text = "".join(pages_of(Path(back["paper"]).read_bytes()))
    assert "工具卡交回单" in text
    assert "剩余 3.5" in text
    assert OPEN4442.is_blank(card.image)
    assert run("tool", "list")["tool_cards"] == []
    [ended] = run("tool", "list", "--all")["tool_cards"]
    assert (ended["status"], len(ended["used"])) == ("back", 1)
    assert run("verify")["ok"]


def test_a_lost_card_and_what_is_not_asked_right(run: Shell) -> None:
    run.put_in(VirtualCard())
    number = run(*MAKE)["content"]["card"]["tool_no"]
    assert run("tool", "lost", number, *WHY)["status"] == "lost"
    assert run("tool", "lost", number, *WHY, status=3)["error"] == "tool_card_ended"
    test = ("tool", "make", "test", "--order", "GD-2", "--holder", "李", "--until", "2026-11-27")
    more = ("--meter", METER, *WHY, "--test-gas", "much")
    assert run(*test, *more, status=3)["error"] == "bad_amount"


def test_an_overdue_card_is_an_open_case(run: Shell) -> None:
    run.put_in(VirtualCard())
    run(*MAKE)
    assert not run("exceptions")["exceptions"]
    run.desk.clock.at = NOW + timedelta(days=4)
    assert run("tool", "list")["tool_cards"][0]["overdue"]
    [one] = run("exceptions")["exceptions"]
    assert (one["kind"], one["code"], one["who"]) == ("tool", "tool_card_overdue", "李师傅")


def test_a_reported_card_is_unblocked(run: Shell) -> None:
    number = cards.household().card_no
    with run.desk.station.store.unit() as unit:
        unit.blocked.replace({number: "lost"})
        unit.commit()
    done = run("card", "unblock", number, *WHY)
    assert done["card_no"] == number
    assert "解除挂失单" in "".join(pages_of(Path(done["paper"]).read_bytes()))
    assert run("card", "unblock", number, *WHY, status=3)["error"] == "card_not_reported"
