"""What a maker's table says of cards in the place of others, and of new ones, is asked first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.meter import Reissue
from cardstation.domain.volume import Volume
from cardstation.services.intent.lost_card import MeterRead
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from tests.kit.issuing import blank, stopped_by
from tests.kit.reissuing import desk_at, home_of, not_reissued, reissue
from tests.kit.station import Desk, card_of, layout_of

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

RULES = MAKERS[0]
HOME = home_of(RULES)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = desk_at(tmp_path, HOME)
    opened.sell(card_of(HOME))
    opened.reader.pull()
    yield opened
    opened.station.store.close()


def with_rules(desk: Desk, **changes: object) -> None:
    """The same desk, whose makers' tables say something else."""
    made = tuple(replace(one, **changes) for one in desk.station.makers)  # type: ignore[arg-type]
    desk.station = replace(desk.station, makers=made)


@pytest.mark.parametrize(("meter", "litres"), [(None, 0), (MeterRead("report 4711"), 29_000)])
def test_a_load_is_repeated_only_where_somebody_read_the_meter(
    desk: Desk, meter: MeterRead | None, litres: int
) -> None:
    with_rules(desk, reissue=Reissue.READ)
    shown = layout_of(RULES).decode(reissue(desk, HOME, meter=meter).image).credit
    assert shown is not None
    assert (shown.quantity, shown.purchase_counter) == (Volume(litres), 51)
    assert verify(desk.station).ok


def test_a_card_that_is_made_elsewhere_is_refused_before_the_blank_is_looked_at(desk: Desk) -> None:
    with_rules(desk, reissue=Reissue.ELSEWHERE, issues=False)
    blank_card = blank(RULES)
    kinds = desk.kinds()
    assert not_reissued(desk, HOME, card=blank_card) == "card_made_elsewhere"
    assert stopped_by(desk, blank_card, HOME) == "card_made_elsewhere"
    assert (desk.kinds(), layout_of(RULES).is_blank(blank_card.image)) == (kinds, True)
