"""A bag of `净月新城` through many readers of the real stack, true to chip time, and its proof."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from cardstation.settings import save_setting
from tests.kit.e2e import Desk
from tests.kit.e2e_cards import Person, community, counter_on, take_in, take_list

YUAN = 100
CHIPS = ("sle4442", "at88sc102", "epurse")
"""Of the community's cards."""
EVERYBODY = 200
HEARD_EVERY = 12


def feed(desk: Desk, persons: Sequence[Person], readers: int) -> None:
    """Hands before every reader lay card after card into it."""
    cards = [word for one in persons for word in ("--account", one.account_no)]
    ready = desk.rack(*cards, "--feed", "--pace", "0", "--readers", readers, "--true-timing")
    found = desk.run("readers")["readers"]
    assert len(found) == readers + readers % 2
    assert ready["cards"]


def prove_lanes(desk: Desk, readers: int, most: int) -> Counter[str]:
    """Run a bag in which some rows are no plain ones; every card is accounted for, to the fen.

    Args:
        desk: With an empty data folder.
        readers: Lanes.
        most: Cards; of 200 all whose chip is supported.

    Returns:
        How many cards ended how, `seconds` of the run and `cards per hour` of all cards.
    """
    desk.home.mkdir(parents=True, exist_ok=True)
    save_setting(desk.home, purse_keys="training")
    persons = community(most, most // 4, CHIPS)
    assert len(persons) >= min(most, 190)
    take_in(desk, persons)
    batch = take_list(desk, [(one, str(YUAN)) for one in persons])
    lines = desk.run("batch", "show", batch)["lines"]
    said = {one.account_no: line["reason"] for one, line in zip(persons, lines, strict=True)}
    plain = [one for one in persons if said[one.account_no] == "line_unfunded"]
    made = [one for one in persons if said[one.account_no] != "chip_not_supported"]
    assert plain
    assert len(plain) < len(persons)
    desk.run("batch", "pay", batch, "--tender", "cash", "--yuan", YUAN * len(plain))
    feed(desk, made, readers)
    began = time.monotonic()
    run = desk.start("batch", "run", batch, "--no-papers", "--json")
    for count in range(HEARD_EVERY, len(plain) + 1, HEARD_EVERY):
        run.heard(f"-{count:06d}")
    answer = run.answer()
    spent = time.monotonic() - began
    assert answer.status == 0, str(answer)
    totals = answer.json["totals"]
    assert (totals["done"], totals["loaded_fen"]) == (len(plain), 100 * YUAN * len(plain))
    assert totals["remainder_fen"] == 0
    _nobody_else(desk, answer.json["lines"], persons, plain)
    proof = desk.run("verify")
    assert proof["ok"], proof["disagreements"]
    assert proof["loaded_fen"] == proof["taken_fen"] == 100 * YUAN * len(plain)
    found = Counter({"cards": len(persons), "loaded": len(plain), "seconds": round(spent)})
    found["sent back or asked about"] = len(persons) - len(plain)
    found["cards per hour"] = round(3600 * len(persons) / spent)
    return found


def _nobody_else(
    desk: Desk, lines: Sequence[dict[str, str]], persons: Sequence[Person], plain: Sequence[Person]
) -> None:
    """What is done has a receipt of its own and one purchase more; no other card has changed."""
    done = {one.account_no for one in plain}
    numbers = {line["receipt_no"] for line in lines if line["state"] == "done"}
    assert len(numbers) == len(plain)
    for one, line in zip(persons, lines, strict=True):
        loaded = one.account_no in done
        assert (line["state"] == "done") is loaded, line
        assert loaded or line["reason"], line
        if line["reason"] != "chip_not_supported":
            assert counter_on(desk, one.card_no) == one.counter + loaded
