"""The ledger is dead while gas is sold: sales go on; when it is back everything is posted once."""

from __future__ import annotations

import pytest

from tests.kit.e2e import Desk
from tests.kit.e2e_cards import people, take_in

pytestmark = [pytest.mark.pcsc, pytest.mark.postgres]


def _totals(desk: Desk) -> dict[str, object]:
    words = ("totals", "--home", desk.folder / "centre", "--json")
    answer = desk.ask(*words, program="cardstation-central")
    assert answer.status == 0, str(answer)
    found: dict[str, object] = answer.json
    return found


def test_sales_go_on_without_the_ledger_and_are_posted_once(desk: Desk) -> None:
    persons = people(3)
    take_in(desk, persons)
    centre = desk.centre()
    assert desk.run("enrol", centre.url, status=4, given="wrong\n")["error"] == "enrolment_code_bad"
    assert not (desk.home / "settings.toml").exists()
    desk.run("enrol", centre.url, given=f"{centre.code}\n")
    desk.rack(*[word for one in persons for word in ("--account", one.account_no)])
    desk.insert(persons[0].card_no)
    desk.run("top-up", "--money", "60")
    assert desk.run("sync")["unsent"] == 0

    centre.process.kill()
    for one in persons[1:]:
        desk.pull()
        desk.insert(one.card_no)
        desk.run("top-up", "--money", "80")
    assert desk.run("sync", status=4)["error"] == "ledger_unreachable"
    proof = desk.run("verify")
    assert proof["ok"]
    assert (proof["loaded_fen"], proof["posted_fen"]) == (22_000, 6_000)

    back = desk.centre(centre.port)
    assert back.url == centre.url
    assert desk.run("enrol", back.url, "--code", "used up")["last_seq"] > 0
    assert desk.run("sync")["unsent"] == 0
    posted = _totals(desk)
    assert desk.run("sync")["unsent"] == 0
    assert _totals(desk) == posted
    proof = desk.run("verify")
    assert proof["ok"]
    assert proof["taken_fen"] == proof["loaded_fen"] == proof["posted_fen"] == 22_000
    assert posted["disagreements"] == []
    assert posted["exceptions"] == 0
    assert posted["entries"] == proof["entries"]
