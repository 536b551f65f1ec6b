"""Whatever sheets, marks and lines before: each row is taken in, or said not to be understood."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from cardstation.domain.household import Household
from cardstation.services.lists.directory_file import read_directory
from cardstation.services.lists.reading import read_list
from tests.kit.desk import SAMPLES
from tests.kit.sibling_lists import write_torn


@cache
def directory() -> tuple[Household, ...]:
    rows = read_directory(SAMPLES / "households.csv", 2026)
    return tuple(row for row in rows if isinstance(row, Household))


@pytest.mark.parametrize("seed", range(60))
def test_rows_taken_in_and_rows_not_understood_are_all_rows(seed: int, tmp_path: Path) -> None:
    torn = write_torn(tmp_path, seed, directory())
    said = [
        re.fullmatch(r"工作表 .*:(\d+) 行看不懂", row.note) for row in read_list(torn.path).rows
    ]
    assert sum(int(one[1]) if one else 1 for one in said) == len(torn.meant)
