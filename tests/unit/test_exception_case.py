"""Every open thing has a way to its end: at most three steps, each with a proof, and a deadline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cardstation.domain.exception_case import (
    END_OF_SHIFT,
    MOST_STEPS,
    UNSIGNED,
    Act,
    Guide,
    Kind,
    Proof,
    Who,
    due_at,
    is_overdue,
)
from cardstation.domain.guides import guide_of
from cardstation.domain.line_guides import COVERED, NO_DEBT, ROWS, SEEN, STOPS
from cardstation.sentences import SENTENCES
from cardstation.sentences.guides import PHRASES
from cardstation.services.sync import FREEZING
from tests.kit.guides import every_guide, every_intent

NOW = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)


GUIDES = every_guide()


@pytest.mark.parametrize("guide", [one for _, one in GUIDES], ids=[name for name, _ in GUIDES])
def test_at_most_three_steps_each_in_words_with_a_person_and_a_proof(guide: Guide) -> None:
    assert 1 <= len(guide.steps) <= MOST_STEPS
    assert 0 <= guide.at < len(guide.steps)
    assert guide.hours >= END_OF_SHIFT
    assert len(set(guide.steps)) == len(guide.steps)
    for step in guide.steps:
        assert f"guide.{step.code}" in PHRASES
        assert f"may.{step.who}" in PHRASES
        assert f"proof.{step.proof}" in PHRASES


@pytest.mark.parametrize("guide", [one for _, one in GUIDES], ids=[name for name, _ in GUIDES])
def test_what_can_be_done_now_ends_it_or_is_a_step_that_still_lies_ahead(guide: Guide) -> None:
    ahead = {step.act for step in guide.steps[guide.at :]} - {Act.NONE}
    ways_out = {Act.DISPUTE, Act.REFUND, Act.WITHDRAW, Act.LEAVE_OUT, Act.BACK_UNPAID}
    if Act.TAKE_OFF in {step.act for step in guide.steps}:
        ways_out.add(Act.EXPLAIN)
    assert set(guide.now) <= ahead | ways_out
    if guide.step.act is not Act.NONE:
        assert guide.step.act in guide.now


def test_nothing_that_no_guide_speaks_has_words() -> None:
    spoken = {f"guide.{step.code}" for _, guide in GUIDES for step in guide.steps}
    assert {name for name in PHRASES if name.startswith("guide.")} == spoken
    assert {f"proof.{one}" for one in Proof} | {f"may.{one}" for one in Who} <= set(PHRASES)


def test_every_code_of_the_table_is_in_the_catalogue() -> None:
    codes = {code for code, _, _ in every_intent()} | set(FREEZING) | UNSIGNED
    assert not codes - set(SENTENCES)


def test_every_reason_that_has_its_own_guide_has_words() -> None:
    assert set(ROWS) | set(STOPS) <= set(SENTENCES)


def test_reasons_of_rows_are_told_apart() -> None:
    said = {code: guide_of(Kind.LINE, code).step.code for code in (*ROWS, "arrears")}
    assert said["name_differs"] != said["no_amount"] != said["arrears"] != said["card_blacklisted"]
    assert len(set(said.values())) > 8


@pytest.mark.parametrize(
    ("code", "step"),
    [
        *((code, "seat_module") for code in ("psam_silent", "hsm_silent", "purse_secret_missing")),
        *((code, "ask_live_card") for code in ("purse_locked", "purse_count_full")),
        *((code, "other_reader") for code in ("card_not_genuine", "load_unanswered")),
    ],
)
def test_a_stopped_purse_says_what_to_look_after(code: str, step: str) -> None:
    guide = guide_of(Kind.LINE, code, state=SEEN)
    assert guide.steps[0].code == step
    assert Act.CARD in guide.now


def test_a_debt_is_paid_when_its_money_is_there_and_decided_when_it_is_paid() -> None:
    at = [guide_of(Kind.LINE, "arrears", state=one) for one in ("", COVERED, NO_DEBT)]
    assert [one.step.act for one in at] == [Act.TAKE_MONEY, Act.ARREARS, Act.DECIDE]


def test_whatever_this_desk_can_end_has_a_key_or_waits_for_somebody_named() -> None:
    for name, guide in GUIDES:
        waits = [step for step in guide.steps if step.act is Act.NONE]
        assert guide.now or waits, name
        signed_as_the_shift_opens = name == Kind.SHIFT
        assert all(
            step.who in (Who.CENTRE, Who.TWO) or signed_as_the_shift_opens for step in waits
        ), name


def test_a_batch_payment_that_nobody_recorded_is_asked_about() -> None:
    assert guide_of(Kind.INTENT, "payment_question").step.proof is Proof.PAYMENT_ANSWER


@pytest.mark.parametrize(
    ("code", "direction"), [("refund_requested", "sale"), ("payout_pending", "return")]
)
def test_money_that_is_owed_is_due_in_a_day(code: str, direction: str) -> None:
    guide = guide_of(Kind.INTENT, code, direction=direction)
    since = NOW - timedelta(hours=24)
    assert due_at(guide, since) == NOW
    assert not is_overdue(guide, since, now=NOW, shift_since=None)
    assert is_overdue(guide, since, now=NOW + timedelta(seconds=1), shift_since=None)


@pytest.mark.parametrize("code", sorted(UNSIGNED))
def test_what_nobody_knows_is_due_when_the_shift_ends(code: str) -> None:
    guide, began = guide_of(Kind.INTENT, code, direction="sale"), NOW - timedelta(minutes=5)
    assert due_at(guide, began) is None
    assert not is_overdue(guide, began, now=NOW, shift_since=None)
    assert not is_overdue(guide, began, now=NOW, shift_since=began)
    assert is_overdue(guide, began, now=NOW, shift_since=began + timedelta(seconds=1))


def test_an_off_book_purchase_waits_two_days_for_the_channel() -> None:
    guide = guide_of(Kind.ENTRY, "counter_gap")
    assert guide.step.proof is Proof.CHANNEL_FILE
    assert due_at(guide, NOW) == NOW + timedelta(hours=48)
