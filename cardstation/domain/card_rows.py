"""Which rows of a list are one card: of a household that is listed twice one row tells of it.

A card is told apart by its household. A row whose household is not certain is the card of another
row only where every number that it writes says so; two such rows are one card in the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from cardstation.domain.batch import LineOutcome, LineState, ListRow, ManifestLine, Verdict


def card_places(outcomes: Sequence[LineOutcome]) -> dict[int, int]:
    """Every place → the place of the row that stands for its card.

    A row whose card was loaded stands first, then one whose outcome is open, then one that can be
    loaded, then the first on the list. A withdrawn row stands for none; its card is told by the
    row of its household, or by the one that was put in its stead, or by none.
    """
    lines = [one.line for one in outcomes]
    cards = _cards(lines)
    stands: dict[int, int] = {}
    stead: dict[ListRow, int] = {}
    for place in sorted(range(1, len(lines) + 1), key=lambda at: (_rank(outcomes[at - 1]), at)):
        if outcomes[place - 1].state is not LineState.WITHDRAWN:
            stands.setdefault(cards[place - 1], place)
            stead.setdefault(lines[place - 1].row, stands[cards[place - 1]])
    told = {
        place: stands.get(card) or stead.get(line.row, 0)
        for place, (card, line) in enumerate(zip(cards, lines, strict=True), start=1)
    }
    return {place: own for place, own in told.items() if own}


def each_card_once(outcomes: Sequence[LineOutcome]) -> tuple[LineOutcome, ...]:
    """The same lines; a second row of a card says which row tells of it."""
    stands = card_places(outcomes)
    return tuple(
        replace(one, see_row=outcomes[own - 1].line.row.row)
        if one.state is not LineState.WITHDRAWN and (own := stands[place]) != place
        else one
        for place, one in enumerate(outcomes, start=1)
    )


def _rank(one: LineOutcome) -> int:
    if one.state in (LineState.DONE, LineState.UNKNOWN):
        return 0 if one.state is LineState.DONE else 1
    return 2 if one.line.verdict is Verdict.READY else 3


def _cards(lines: Sequence[ManifestLine]) -> list[int]:
    """Of every line the place of the first line of its card."""
    cards = [0] * len(lines)
    by_account: dict[str, list[int]] = defaultdict(list)
    by_card: dict[str, list[int]] = defaultdict(list)
    for certain in (True, False):
        for place, line in enumerate(lines, start=1):
            if bool(line.ground) is not certain:
                continue
            own = _known(line, lines, by_account, by_card) or place
            cards[place - 1] = own
            if own == place:
                by_account[line.account_no].append(place)
                by_card[line.card_no].append(place)
    return cards


def _known(
    line: ManifestLine,
    lines: Sequence[ManifestLine],
    by_account: dict[str, list[int]],
    by_card: dict[str, list[int]],
) -> int:
    """The first line of the card that a line means, 0 when it is the first itself."""
    if line.account_no:
        for own in by_account[line.account_no]:
            card_no = lines[own - 1].card_no
            if line.ground or not (line.card_no and card_no) or line.card_no == card_no:
                return own
        return 0
    same = by_card[line.card_no] if line.card_no else []
    return same[0] if len(same) == 1 else 0
