"""Any list against any batch: every line is told of once, and nothing counts twice afterwards."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cardstation.domain.batch import ListRow, ManifestLine, Verdict
from cardstation.domain.matching import Directory
from cardstation.domain.preflight import preflight
from cardstation.domain.revision import Change, ChangeKind, compare_lines
from tests.kit.neighbours import MENG, terms

HOMES = [
    replace(
        MENG,
        account_no=f"22010300{at:04d}",
        card_no=f"8801748200{at:04d}",
        name=name,
        address=replace(MENG.address, room=f"{at}01"),
    )
    for at, name in enumerate(("孟远思", "区子", "孔堃丽", "赵敏"), start=1)
]
BOOK = Directory.of(HOMES, "净月新城")


def _row(home: int, yuan: str, spoilt: int) -> ListRow:
    one = HOMES[home]
    row = ListRow(1, one.account_no, one.name, one.address.door, one.card_no, yuan, "")
    changes: list[dict[str, str]] = [{}, {}, {"name": "别人"}, {"account_no": "", "card_no": ""}]
    return replace(row, **changes[spoilt])


ROWS = st.lists(
    st.builds(
        _row, st.integers(0, 3), st.sampled_from(["100", "200", "一百五", ""]), st.integers(0, 3)
    ),
    max_size=7,
)


def judged(rows: list[ListRow]) -> tuple[ManifestLine, ...]:
    return preflight([replace(row, row=at) for at, row in enumerate(rows, 1)], BOOK, terms())


@settings(max_examples=500, deadline=None)
@given(ROWS, ROWS, st.sets(st.integers(1, 7)), st.sets(st.integers(1, 7)))
def test_every_line_is_told_of_once(
    old: list[ListRow], new: list[ListRow], fixed: set[int], withdrawn: set[int]
) -> None:
    lines = tuple(
        replace(line, withdrawn="left_out_unclear") if at in withdrawn - fixed else line
        for at, line in enumerate(judged(old), start=1)
    )
    newer = judged(new)
    changes = compare_lines(lines, fixed, newer)
    places = Counter(change.place for change in changes if change.place)
    live = {at for at, line in enumerate(lines, start=1) if not line.withdrawn}
    assert not [place for place, times in places.items() if times > 1]
    assert live <= places.keys()
    assert sum(change.new is not None for change in changes) == len(newer)
    for change in changes:
        if change.kind in (ChangeKind.CHANGED, ChangeKind.GONE):
            assert change.place not in fixed
        if change.kind is ChangeKind.KEPT:
            assert change.place in fixed
    assert _households_after(lines, changes) <= 1


def _households_after(lines: tuple[ManifestLine, ...], changes: tuple[Change, ...]) -> int:
    """How often one household counts, at most, once the list is taken."""
    gone = (ChangeKind.CHANGED, ChangeKind.GONE)
    taken = (ChangeKind.CHANGED, ChangeKind.NEW)
    left = {one.place for one in changes if one.kind in gone}
    stays = [line for at, line in enumerate(lines, 1) if not line.withdrawn and at not in left]
    come = [one.new for one in changes if one.kind in taken and one.new is not None]
    counted = Counter(line.account_no for line in (*stays, *come) if line.verdict is Verdict.READY)
    return max(counted.values(), default=0)


@settings(max_examples=200, deadline=None)
@given(ROWS)
def test_the_same_list_changes_nothing(rows: list[ListRow]) -> None:
    lines = judged(rows)
    kinds = {change.kind for change in compare_lines(lines, (), lines)}
    assert kinds <= {ChangeKind.UNCHANGED}
