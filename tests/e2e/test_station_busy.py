"""One process of a station writes; a second one is told so, and reading goes on meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.kit.e2e import Desk
from tests.kit.e2e_cards import counter_on, people, take_in, take_list

pytestmark = pytest.mark.pcsc


def test_a_second_writer_is_refused_and_readers_are_not(desk: Desk) -> None:
    persons = people(2)
    take_in(desk, persons)
    batch = take_list(desk, [(one, "100") for one in persons])
    desk.run("batch", "pay", batch, "--tender", "cash", "--fen", 20_000)
    first, second = persons
    desk.rack("--batch", batch)
    desk.insert(first.card_no)
    run = desk.start("batch", "run", batch, "--idle", "120", "--json")
    run.heard(first.card_no)

    writing = [
        ("top-up", "--volume", "3"),
        ("recover",),
        ("sync",),
        ("batch", "pay", batch, "--tender", "cash", "--fen", "100"),
        ("batch", "run", batch),
        ("batch", "import", desk.folder / "收卡.xlsx"),
        ("directory", "import", desk.folder / "directory.csv"),
        ("enrol", "http://127.0.0.1:1", "--code", "x"),
    ]
    reading = [
        ("verify",),
        ("batch", "show"),
        ("batch", "show", batch),
        ("batch", "sheet", batch),
        ("doctor",),
        ("readers",),
        ("quote", second.account_no, "--volume", "3"),
        ("card", "read"),
    ]
    with ThreadPoolExecutor(2) as pool:
        refused = list(pool.map(lambda words: desk.run(*words, status=6), writing))
        answers = list(pool.map(lambda words: desk.run(*words), reading))
    assert {answer["error"] for answer in refused} == {"station_busy"}
    assert answers[0]["ok"]
    assert [line["state"] for line in answers[2]["lines"]] == ["done", "waiting"]
    assert answers[4]["ok"], answers[4]
    assert answers[7]["identity"]["card_no"] == first.card_no

    assert run.alive
    stopped = run.interrupt()
    assert stopped.status == 130, str(stopped)
    desk.pull()
    run = desk.start("batch", "run", batch, "--idle", "120", "--json")
    run.heard(batch)
    desk.insert(second.card_no)
    answer = run.answer()
    assert answer.status == 0, str(answer)
    assert [line["state"] for line in answer.json["lines"]] == ["done", "done"]
    assert counter_on(desk, second.card_no) == second.counter + 1
    assert desk.run("recover")["open"] == []
