"""The form that two people sign, out of what the desk has on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.desk_form import DeskForm, FormOf
from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import NO_MONEY
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.papers.desk_form import desk_form as drawn
from cardstation.services.desk_form import desk_form
from cardstation.services.grant_gas import grant_emergency, grant_gas
from cardstation.services.restart_account import restart_account
from cardstation.services.stop_account import stop_account
from cardstation.services.transfer_account import NewOwner, transfer_account
from cardstation.services.unblock_card import unblock_card
from cardstation.services.withdraw_due import withdraw_due
from tests.kit import cards
from tests.kit.station import Desk, open_desk

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

HOME = replace(cards.household(), balance=NO_MONEY)
NO, BY = HOME.account_no, Approval("supervisor")
WHY = "both were here with their papers"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=(HOME,))
    yield opened
    opened.station.store.close()


def of_due(desk: Desk, due_id: str) -> DeskForm:
    return desk_form(desk.station, EntryKind.GAS_DUE, due_id)


def test_of_a_stop_and_a_restart(desk: Desk) -> None:
    stopped = stop_account(desk.station, NO, WHY)
    form = desk_form(desk.station, EntryKind.ACCOUNT, stopped.change_id)
    assert (form.of, form.approver, form.words) == (FormOf.STOPPED, "", WHY)
    assert (form.name, form.card_no, form.clerk) == (HOME.name, HOME.card_no, desk.station.clerk)
    made = restart_account(desk.station, NO, BY, WHY)
    form = desk_form(desk.station, EntryKind.ACCOUNT, made.change_id)
    assert (form.of, form.approver, form.words) == (FormOf.RESTARTED, BY.name, WHY)


@pytest.mark.parametrize("name", ["赵一鸣", HOME.name])
def test_of_a_transfer_names_both_owners(desk: Desk, name: str) -> None:
    owner = NewOwner(name, "13100000000", 3, takes_balance=False)
    made = transfer_account(desk.station, NO, BY, owner, WHY)
    form = desk_form(desk.station, EntryKind.ACCOUNT, made.change_id)
    assert (form.of, form.name, form.owner) == (FormOf.TRANSFERRED, HOME.name, name)


def test_of_a_grant_and_of_its_end(desk: Desk) -> None:
    gas, paper = Volume.of_m3("5"), "GD-7"
    due = grant_gas(desk.station, NO, gas, Tender.MAKE_UP, paper, BY, WHY)
    form = of_due(desk, due.due_id)
    assert (form.of, form.quantity, form.document) == (FormOf.MAKE_UP, gas, paper)
    withdraw_due(desk.station, due.due_id, BY, "the meter took it after all")
    form = of_due(desk, due.due_id)
    assert (form.of, form.quantity) == (FormOf.WITHDRAWN, gas)
    assert form.words == "the meter took it after all"


def test_of_emergency_gas(desk: Desk) -> None:
    due = grant_emergency(desk.station, NO, "call 7", BY, WHY)
    form = of_due(desk, due.due_id)
    assert (form.of, form.quantity) == (FormOf.EMERGENCY, due.quantity)


@pytest.mark.parametrize("card_no", [HOME.card_no, "88013025000018"])
def test_of_a_card_that_is_reported_no_more(desk: Desk, card_no: str) -> None:
    with desk.station.store.unit() as unit:
        unit.blocked.replace({card_no: "lost"})
        unit.commit()
    unblock_card(desk.station, card_no, BY, WHY)
    form = desk_form(desk.station, EntryKind.CARD_UNBLOCKED, card_no)
    assert (form.of, form.card_no) == (FormOf.UNBLOCKED, card_no)
    assert form.name == (HOME.name if card_no == HOME.card_no else "")
    assert drawn(form, "zh_CN").startswith(b"%PDF-")
