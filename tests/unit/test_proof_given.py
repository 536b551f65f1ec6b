"""`verify` on gas that was given: a grant that was touched, and a load that nobody granted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services import load_due as loading
from cardstation.services.grant_gas import grant_gas
from cardstation.services.intent import money_here
from cardstation.services.load_due import load_due
from cardstation.services.verify import verify
from cardstation.services.withdraw_due import withdraw_due
from tests.kit.station import Desk, card_of, neighbours, nobody, open_desk, take
from tests.kit.tamper import forged
from tests.unit.test_journal import codes

[HOME] = neighbours(1)
SECOND = Approval("supervisor")
WHY = "the meter never took its last load"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """What was due is on a card, and in its meter."""
    made = open_desk(tmp_path, households=[HOME])
    told = (HOME.account_no, Volume.of_m3("20"), Tender.MAKE_UP, "WO-7", SECOND, WHY)
    grant_gas(made.station, *told)
    card = card_of(HOME)
    with closing(made.insert(card)) as inserted:
        load_due(made.station, inserted, None, nobody)
    take(card)
    assert verify(made.station).ok
    yield made
    made.station.store.close()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "UPDATE gas_due SET frozen = json_set(frozen, '$.quantity.litres', 19000)",
            {"gas_due_disagrees", "gas_due_overdrawn"},
        ),
        ("UPDATE gas_due SET withdrawn = 1", {"gas_due_disagrees", "gas_given_without_due"}),
        ("UPDATE gas_due SET account_no = '1'", {"gas_due_disagrees", "gas_given_without_due"}),
        ("UPDATE gas_due SET due_id = '1'", {"gas_due_disagrees", "gas_given_without_due"}),
        ("DELETE FROM gas_due", {"gas_due_disagrees", "gas_given_without_due"}),
        (
            "UPDATE gas_due SET frozen = json_set(frozen, '$.meter_no', 'another')",
            {"gas_due_disagrees", "gas_given_without_due"},
        ),
    ],
)
def test_a_touched_grant_is_named(
    desk: Desk, tmp_path: Path, statement: str, found: set[str]
) -> None:
    forged(tmp_path, statement)
    assert found <= codes(desk)


def test_what_is_withdrawn_while_its_card_is_looked_at_is_not_loaded(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked again in the commit that begins the load: nothing is begun."""
    told = (HOME.account_no, Volume.of_m3("5"), Tender.MAKE_UP, "WO-8", SECOND, WHY)
    due = grant_gas(desk.station, *told)
    begin, before = loading.begin_armed, desk.states()

    def late(*args: object, **named: object) -> object:
        withdraw_due(desk.station, due.due_id, SECOND, "the meter took it after all")
        return begin(*args, **named)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(loading, "begin_armed", late)
    card = card_of(desk.household(HOME.account_no))
    with closing(desk.insert(card)) as inserted, pytest.raises(Refusal, match="gas_due_ended"):
        load_due(desk.station, inserted, None, nobody)
    assert desk.states() == before
    assert verify(desk.station).ok


def test_a_desk_that_does_not_ask_again_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: what was due when its card was looked at is believed to be due at its load."""
    monkeypatch.setattr(money_here, "ensure_due", lambda *_: None)
    monkeypatch.setattr(loading, "dues_of", lambda *_: dues)
    with desk.station.store.reading() as reading:
        [due] = reading.gas_dues.granted()
    dues = (loading.DueStanding(due, due.quantity),)
    card = card_of(desk.household(HOME.account_no))
    with closing(desk.insert(card)) as inserted:
        load_due(desk.station, inserted, None, nobody)
    assert "gas_due_overdrawn" in {one.code for one in verify(desk.station).disagreements}
