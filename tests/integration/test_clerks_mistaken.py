"""Two people of one name, and a supervisor who begins: no PIN passes from one to another."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.fed_clerk import clerk_row, fed_clerk
from cardstation.domain.shift import Approval, Role
from cardstation.errors import LedgerRefused
from cardstation.services.add_clerk import add_clerk
from cardstation.services.approve import approve, prove, vouch
from cardstation.services.change_pin import change_pin
from cardstation.services.close_shift import close_shift
from cardstation.services.follow_feed import follow_feed
from cardstation.services.retire_clerk import retire_clerk
from cardstation.services.verify import verify
from cardstation.services.vouchers import Vouchers, vouchers
from tests.integration.test_clerks_from_centre import (
    DORA,
    EVA,
    FEED,
    GIVEN,
    OWN,
    TODAY,
    Desk,
    code_of,
    desk,
    fed,
    follows,
)
from tests.kit.shifts import ANNA, BEN, CHIEF, EYES, FLOAT, PINS, desk_on_duty

__all__ = ["desk"]

DAY = timedelta(days=1)
LEAD = {Role.SUPERVISOR}


def opens(desk: Desk, name: str) -> str:
    return code_of(lambda: prove(desk.station, name, PINS[name]))


# ── another person of the same name ──


@pytest.mark.parametrize("role", [Role.TELLER, Role.SUPERVISOR])
def test_another_person_of_that_name_has_no_pin(desk: Desk, role: Role) -> None:
    desk.say(fed(ANNA))
    assert prove(desk.station, ANNA, PINS[ANNA])
    desk.say(replace(fed(ANNA, role), number="2048"))
    assert opens(desk, ANNA) == "pin_lost"
    assert desk.who()[ANNA].active
    assert verify(desk.station).disagreements == ()


def test_a_desks_own_clerk_is_not_the_supervisor_whom_the_centre_names(desk: Desk) -> None:
    desk.say(fed(ANNA, Role.SUPERVISOR), fed(CHIEF, Role.SUPERVISOR), fed(BEN))
    assert opens(desk, ANNA) == "pin_lost"
    assert approve(desk.station, CHIEF, PINS[CHIEF]), "who led here before leads on"
    assert prove(desk.station, BEN, PINS[BEN]), "and a teller sells on"
    desk.say(fed(ANNA, Role.SUPERVISOR), fed(CHIEF, Role.SUPERVISOR), fed(BEN, Role.SUPERVISOR))
    assert approve(desk.station, BEN, PINS[BEN]), "the centre gave a person whom it knows a role"


@pytest.mark.parametrize("snapshot", [False, True])
def test_changes_and_a_snapshot_say_the_same_of_them(desk: Desk, snapshot: bool) -> None:
    desk.say(fed(ANNA))
    desk.say(fed(BEN), follow=not snapshot)
    desk.say(fed(BEN), replace(fed(ANNA, Role.SUPERVISOR), number="9"), follow=not snapshot)
    if snapshot:
        desk.centre.begin(FEED, 300)
        follow_feed(desk.station)
    assert opens(desk, ANNA) == "pin_lost"
    assert sorted(name for name, *_ in desk.facts()) == [ANNA, ANNA, ANNA, BEN]
    assert desk.who()[ANNA].active


# ── who begins alone ──


def test_a_teller_on_duty_is_not_their_own_second_person(tmp_path: Path) -> None:
    desk = follows(desk_on_duty(tmp_path).station)
    for name in (BEN, EYES):
        retire_clerk(desk.station, name, by=Approval(CHIEF))
    desk.say(fed(ANNA), fed(CHIEF, Role.SUPERVISOR))
    desk.say(fed(ANNA), fed(EVA, Role.SUPERVISOR))
    assert code_of(lambda: change_pin(desk.station, EVA, OWN)) == "pin_lost"
    assert code_of(lambda: add_clerk(desk.station, EVA, OWN, LEAD, by=None)) == "supervisor_needed"
    assert code_of(lambda: vouch(desk.station, ANNA, PINS[ANNA], whom=EVA)) == "second_person_same"
    close_shift(desk.station, PINS[ANNA], counted=FLOAT)
    assert code_of(lambda: change_pin(desk.station, EVA, OWN)) == "pin_lost"
    change_pin(desk.station, EVA, GIVEN, by=vouch(desk.station, ANNA, PINS[ANNA], whom=EVA))
    change_pin(desk.station, EVA, OWN, pin=GIVEN)
    assert approve(desk.station, EVA, OWN) == Approval(EVA)
    desk.station.store.close()


def test_whoever_else_works_here_vouches_for_the_first_supervisor_only(desk: Desk) -> None:
    desk.say(fed(CHIEF, Role.SUPERVISOR), fed(EVA, Role.SUPERVISOR), fed(DORA))
    assert code_of(lambda: vouch(desk.station, BEN, PINS[BEN], whom=EVA)) == "role_missing"
    desk.say(fed(EVA, Role.SUPERVISOR), fed(DORA))
    assert code_of(lambda: vouch(desk.station, BEN, PINS[BEN], whom=DORA)) == "role_missing"
    assert code_of(lambda: vouch(desk.station, EVA, OWN, whom=EVA)) == "pin_lost"
    assert code_of(lambda: change_pin(desk.station, EVA, OWN)) == "pin_lost"
    assert vouchers(desk.station, f" {EVA}") == Vouchers((ANNA, BEN, EYES))
    assert vouchers(desk.station, DORA) == Vouchers(())
    yes = vouch(desk.station, BEN, PINS[BEN], whom=EVA)
    add_clerk(desk.station, EVA, OWN, LEAD, by=yes)
    assert vouchers(desk.station, DORA) == Vouchers((EVA,))
    assert approve(desk.station, EVA, OWN) == Approval(EVA)
    assert code_of(lambda: vouch(desk.station, BEN, PINS[BEN], whom=EVA)) == "role_missing"


def test_a_supervisor_whose_days_are_over_keeps_no_new_one_out(desk: Desk) -> None:
    for name in (ANNA, BEN, EYES):
        retire_clerk(desk.station, name, by=Approval(CHIEF))
    desk.say(fed(CHIEF, Role.SUPERVISOR, last=TODAY - DAY), fed(EVA, *LEAD, first=TODAY + DAY))
    assert code_of(lambda: change_pin(desk.station, EVA, OWN)) == "clerk_not_today"
    desk.say(fed(CHIEF, Role.SUPERVISOR, last=TODAY - DAY), fed(EVA, *LEAD, first=TODAY))
    change_pin(desk.station, EVA, OWN)
    assert approve(desk.station, EVA, OWN) == Approval(EVA)


def test_who_is_on_duty_and_the_only_supervisor_named_is_not_locked_in(tmp_path: Path) -> None:
    desk = follows(desk_on_duty(tmp_path).station)
    for name in (BEN, EYES):
        retire_clerk(desk.station, name, by=Approval(CHIEF))
    desk.say(fed(ANNA, Role.SUPERVISOR), fed(CHIEF, Role.SUPERVISOR))
    assert code_of(lambda: change_pin(desk.station, ANNA, OWN)) == "pin_lost"
    desk.say(fed(ANNA, Role.SUPERVISOR), fed(CHIEF, Role.SUPERVISOR, last=TODAY - DAY))
    change_pin(desk.station, ANNA, OWN)
    assert close_shift(desk.station, OWN, counted=FLOAT).clerk == ANNA
    desk.station.store.close()


def test_where_all_were_taken_off_on_duty_the_new_supervisor_begins(tmp_path: Path) -> None:
    """The way out when the clerk on duty is gone and no PIN is left: the centre takes them off."""
    desk = follows(desk_on_duty(tmp_path).station)
    for name in (BEN, EYES):
        retire_clerk(desk.station, name, by=Approval(CHIEF))
    desk.say(fed(ANNA), fed(CHIEF, Role.SUPERVISOR))
    desk.say(fed(EVA, Role.SUPERVISOR))
    change_pin(desk.station, EVA, OWN)
    change_pin(desk.station, ANNA, GIVEN, by=approve(desk.station, EVA, OWN))
    change_pin(desk.station, ANNA, "730158", pin=GIVEN)
    assert close_shift(desk.station, "730158", counted=FLOAT).clerk == ANNA
    desk.station.store.close()


# ── one name written in two ways ──

NFC = "zo\u00eb"
NFD = unicodedata.normalize("NFD", NFC)


def test_a_name_is_one_however_its_letters_are_put_together(desk: Desk) -> None:
    yes = approve(desk.station, CHIEF, PINS[CHIEF])
    assert add_clerk(desk.station, NFD, OWN, {Role.TELLER}, by=yes).name == NFC
    for name in (NFC, NFD):
        assert (
            code_of(lambda name=name: add_clerk(desk.station, name, OWN, LEAD, by=yes))
            == "clerk_exists"
        )
    said = clerk_row("S001", fed(NFC))[1]
    assert fed_clerk(NFD, said).name == NFC
    with pytest.raises(LedgerRefused, match="feed_unreadable"):
        desk.say(fed(NFC), fed(NFD))
