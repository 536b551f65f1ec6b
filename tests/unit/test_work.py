"""What is at work at a desk: one hand at a card number, one at the money, none while it closes."""

from __future__ import annotations

from threading import Thread

import pytest

from cardstation.errors import LedgerUnreachable, Refusal
from cardstation.services.work import Work

CARD, OTHER = "88013025000001", "88013025000002"
LANE, COPY = object(), object()


def code_of(stopped: pytest.ExceptionInfo[Refusal]) -> str:
    return stopped.value.code


def test_its_holder_enters_a_card_again_and_it_is_free_only_after_the_outer_end() -> None:
    work = Work()
    with work.on_card(CARD, LANE):
        with work.on_card(CARD, LANE):
            assert work.has(CARD)
        assert work.has(CARD)
        with pytest.raises(Refusal) as stopped, work.on_card(CARD, COPY):
            pytest.fail("a copy of a card at work was let in")
        assert code_of(stopped) == "card_at_work"
    assert not work.has(CARD)
    with work.on_card(CARD, COPY):
        assert work.has(CARD)


def test_a_refused_copy_takes_the_card_from_nobody() -> None:
    work = Work()
    with work.on_card(CARD, LANE):
        with pytest.raises(Refusal), work.on_card(CARD, COPY):
            pytest.fail("a copy of a card at work was let in")
        assert work.has(CARD)
        with work.on_card(CARD, LANE):
            assert work.has(CARD)


def test_cards_of_two_numbers_are_at_work_at_once() -> None:
    work = Work()
    with work.on_card(CARD, LANE), work.on_card(OTHER, COPY):
        assert work.has(CARD)
        assert work.has(OTHER)
    assert not work.has(CARD)
    assert not work.has(OTHER)


def test_another_thread_is_refused_and_does_not_wait() -> None:
    work, said = Work(), list[str]()

    def lane() -> None:
        try:
            with work.on_card(CARD, COPY):
                said.append("let in")
        except Refusal as stop:
            said.append(stop.code)

    with work.on_card(CARD, LANE):
        thread = Thread(target=lane)
        thread.start()
        thread.join(10)
    assert said == ["card_at_work"]


def test_whatever_ends_a_service_frees_its_card() -> None:
    work = Work()
    with pytest.raises(KeyError), work.on_card(CARD, LANE):
        raise KeyError(CARD)
    assert not work.has(CARD)
    with pytest.raises(KeyError), work.on_card(CARD, LANE), work.on_card(CARD, LANE):
        raise KeyError(CARD)
    assert not work.has(CARD)


def test_money_is_in_one_hand_and_free_after_whatever_ends_it() -> None:
    work = Work()
    with work.on_money():
        with pytest.raises(Refusal) as stopped, work.on_money():
            pytest.fail("two hands in the till")
        assert code_of(stopped) == "money_at_work"
        with work.on_card(CARD, LANE):
            assert work.has(CARD)
    with pytest.raises(KeyError), work.on_money():
        raise KeyError
    with work.on_money():
        pass


def test_a_shift_does_not_close_while_anything_is_at_work() -> None:
    work = Work()
    with work.on_card(CARD, LANE):
        with pytest.raises(Refusal) as stopped, work.at_rest():
            pytest.fail("closed over a card at work")
        assert code_of(stopped) == "card_at_work"
        with work.on_money():  # the refused close let it go again
            pass
        with work.on_card(OTHER, COPY):
            assert work.has(OTHER)
    with work.on_money():
        with pytest.raises(Refusal) as stopped, work.at_rest():
            pytest.fail("closed over a hand in the till")
        assert code_of(stopped) == "money_at_work"


def test_nothing_new_is_taken_in_hand_while_a_shift_closes() -> None:
    work = Work()
    with work.at_rest():
        with pytest.raises(Refusal) as stopped, work.on_card(CARD, LANE):
            pytest.fail("a card was taken in hand while the till was counted")
        assert code_of(stopped) == "no_shift"
        assert not work.has(CARD)
        with pytest.raises(Refusal) as stopped, work.on_money():
            pytest.fail("money was taken while the till was counted")
        assert code_of(stopped) == "money_at_work"
        with pytest.raises(Refusal) as stopped, work.at_rest():
            pytest.fail("closed twice at once")
        assert code_of(stopped) == "money_at_work"
    with work.on_card(CARD, LANE), work.on_money():
        assert work.has(CARD)


def test_a_close_that_fails_opens_the_desk_again() -> None:
    work = Work()
    with pytest.raises(KeyError), work.at_rest():
        raise KeyError
    with work.at_rest():
        pass
    with work.on_card(CARD, LANE):
        assert work.has(CARD)


def test_one_conversation_at_a_time_and_none_within_itself() -> None:
    work = Work()
    with work.on_line():
        with pytest.raises(LedgerUnreachable), work.on_line():
            pytest.fail("a conversation was begun within itself")
        stops: list[str] = []

        def hurried() -> None:
            try:
                with work.on_line(0.01):
                    stops.append("spoke meanwhile")
            except LedgerUnreachable as stop:
                stops.append(stop.code)

        other = Thread(target=hurried)
        other.start()
        other.join()
        assert stops == ["ledger_unreachable"]
    with work.on_line(0.01):
        pass
