"""Lists nobody has seen: whatever the layout and the mistake, nothing ready is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from cardstation.domain.batch import ManifestLine, Verdict
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.matching import Directory, community_of
from cardstation.domain.money import Money
from cardstation.domain.preflight import PreflightTerms, preflight
from cardstation.domain.sale import PriceBook, sell
from cardstation.domain.tariff import Quote
from cardstation.services.lists.directory_file import read_directory
from cardstation.services.lists.reading import HouseholdList, read_list
from cardstation.services.lists.tariff_file import read_tariffs
from tests.kit.desk import CS01, SAMPLES
from tests.kit.sibling_lists import FORGIVEN, write_sibling


@cache
def directory() -> tuple[Household, ...]:
    rows = read_directory(SAMPLES / "households.csv", 2026)
    return tuple(row for row in rows if isinstance(row, Household))


@cache
def seller() -> Callable[[Household, Money], Quote]:
    tariffs, rules = read_tariffs(SAMPLES / "tariffs.json")
    book = PriceBook(tariffs, rules, (CS01,))
    day = date(2026, 11, 24)
    return lambda home, money: sell(home, book.terms(home.tariff, day), money=money)


def judged(found: HouseholdList) -> tuple[ManifestLine, ...]:
    accounts = {row.account_no for row in found.rows}
    hits = [home for home in directory() if home.account_no in accounts]
    known = sorted({home.address.community for home in directory()})
    community = community_of(hits, found.hints, known)
    terms = PreflightTerms(sell=seller(), chips=frozenset({"sle4442"}), orders={})
    return preflight(found.rows, Directory.of(directory(), community, known), terms)


def can_buy(home: Household) -> bool:
    active = home.status is HouseholdStatus.ACTIVE
    return active and home.chip == "sle4442" and not home.arrears


@pytest.mark.parametrize("seed", range(60))
def test_nothing_ready_is_wrong_and_what_is_sound_is_ready(seed: int, tmp_path: Path) -> None:
    sibling = write_sibling(tmp_path, seed, directory())
    lines = judged(read_list(sibling.path))
    assert len(lines) == len(sibling.meant)
    for line, meant in zip(lines, sibling.meant, strict=True):
        if line.verdict is Verdict.READY:
            assert meant.household is not None
            assert line.account_no == meant.household.account_no, (line, meant.spoil)
            assert line.card_no == meant.household.card_no, (line, meant.spoil)
            assert line.money == Money(meant.fen or 0), (line, meant.spoil)
            assert line.kind == meant.kind
        elif meant.spoil in FORGIVEN and meant.household and can_buy(meant.household):
            pytest.fail(f"{meant.spoil} is not ready: {line}")
