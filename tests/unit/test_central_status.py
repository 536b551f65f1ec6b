"""The ledger's command line: a status says what the answer says."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.cli import central


@pytest.mark.parametrize(("wrong", "status"), [([], 0), (["postings sum to 1"], 5)])
def test_books_that_disagree_end_with_a_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: list[str], status: int
) -> None:
    found = {"classes": {}, "entries": 0, "exceptions": 0, "disagreements": wrong}
    monkeypatch.setattr(central, "read_totals", lambda *_: found)
    assert central.main(["totals", "--home", str(tmp_path), "--json"]) == status
