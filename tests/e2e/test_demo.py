"""`./dev run` without a window: from the list to books that agree, papers, pictures."""

from __future__ import annotations

import pytest

from tests.kit.e2e import Desk
from tests.kit.e2e_cards import YUAN, people, write_list

pytestmark = [pytest.mark.pcsc, pytest.mark.postgres]


def test_the_demo_ends_by_itself_with_agreeing_books(desk: Desk) -> None:
    path = write_list(
        desk.folder / "small.xlsx", list(zip(people(8), map(str, YUAN), strict=False))
    )
    out = desk.folder / "out"
    words = ("demo", "--no-window", "--lang", "en", "--list", path)
    answer = desk.module(
        "cardstation.bootstrap", *words, "--home", desk.folder / "demo", "--out", out
    ).answer()

    assert answer.status == 0, str(answer)
    assert "all three agree" in answer.out
    assert "real pcscd" in answer.out
    assert "Till of lin: counted ¥500.00, expected ¥500.00, over or short ¥0.00" in answer.out
    assert "Cards expected 8, topped up 7" in answer.out
    receipts = sorted(file.name for file in (out / "receipts").iterdir())
    assert len(receipts) == 14
    papers = [*out.glob("*-sheet.pdf"), *(out / "receipts").iterdir()]
    assert len(papers) == 15
    assert all(paper.read_bytes().startswith(b"%PDF") for paper in papers)
    pictures = list(out.glob("*.png"))
    assert len(pictures) >= 8
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)
