"""Closing an account at the window: the reading in its own unit, doubt, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cardstation.domain.meter import MeterKind
from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.close_account import Leaving
from tests.kit import window_samples as samples
from tests.kit.window_acts import CLOSING, facts_of
from tests.kit.window_fakes import FakeStation
from tests.kit.window_household import household_state
from ui.desk_services import DeskServices
from ui.screens.household.acts.accounts import CLOSE_LOST, TRANSFER
from ui.screens.household.acts.kind import Doing, Facts, Form
from ui.screens.household.typed import read_form

MONEY_METER = replace(samples.household().meter, kind=MeterKind.MONEY)


def form_of(residual: str, facts: Facts | None = None) -> Form:
    texts = {**CLOSING, "residual": residual, "lost": "left in the old flat", "paid": "cash"}
    shown = facts or facts_of()
    values, doubts = read_form(CLOSE_LOST, shown, texts)
    assert not doubts
    return Form(shown, values, Approval("chief"))


def asked(station: FakeStation, *, doubt: bool) -> tuple[DeskServices, list[Leaving]]:
    """Services that keep what is said at a closing."""
    services, said = station.services(), list[Leaving]()
    close = services.accounts.close

    def kept(account: str, by: Approval, leaving: Leaving, card: object) -> object:
        said.append(leaving)
        return close(account, by, leaving, card)  # type: ignore[arg-type]

    accounts = replace(services.accounts, close=kept, in_doubt=lambda _account: doubt)  # type: ignore[arg-type]
    return replace(services, accounts=accounts), said


@pytest.mark.parametrize(
    ("typed", "kind", "read"),
    [
        ("２0.5", MeterKind.VOLUME, Volume.of_m3("20.5")),
        ("0", MeterKind.VOLUME, Volume(0)),
        ("12.3", MeterKind.MONEY, Money(1_230)),
    ],
)
def test_what_is_left_is_read_in_the_meters_unit(
    typed: str, kind: MeterKind, read: Volume | Money
) -> None:
    meter = replace(samples.household().meter, kind=kind)
    facts = facts_of(household_state(replace(samples.household(), meter=meter)))
    services, said = asked(FakeStation(), doubt=False)
    done = CLOSE_LOST.run(Doing(services, form_of(typed, facts), lambda _step: None))
    [leaving] = said
    assert leaving.final.residual == read
    assert (leaving.found, leaving.card_lost) == ("", "left in the old flat")
    assert leaving.handed == services.accounts.quote("", leaving.final).total
    assert done.paper is not None
    done.paper()


@pytest.mark.parametrize("typed", ["much", "-1", "1.2345"])
def test_what_is_no_reading_is_said_at_once(typed: str) -> None:
    with pytest.raises(Refusal, match="not_a_volume"):
        CLOSE_LOST.preview(FakeStation().services(), form_of(typed))


def test_money_that_may_be_out_already_is_asked_about_in_the_form() -> None:
    services, said = asked(FakeStation(), doubt=True)
    first = CLOSE_LOST.preview(services, form_of("20"))[0]
    assert first.text.startswith("Some of it may be paid out already")
    CLOSE_LOST.run(Doing(services, form_of("20"), lambda _step: None))
    assert said[0].found == CLOSING["why"]


def test_a_balance_that_is_not_settled_is_said_before_the_second_person_comes() -> None:
    texts = {"name": "N", "phone": "", "persons": "2", "balance": "first", "why": "contract 118"}
    form = Form(facts_of(), read_form(TRANSFER, facts_of(), texts)[0])
    with pytest.raises(Refusal, match="balance_not_settled"):
        TRANSFER.preview(FakeStation().services(), form)
