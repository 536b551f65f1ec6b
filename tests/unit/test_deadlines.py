"""One thread watches all deadlines."""

from __future__ import annotations

import threading

import pytest

from cardstation.central.deadlines import Deadlines

LONG_S, SOON_S, PATIENCE_S = 60.0, 0.01, 10.0


def test_what_takes_too_long_is_called_while_it_lasts() -> None:
    called = threading.Event()
    with Deadlines().within(SOON_S, called.set):
        assert called.wait(PATIENCE_S)


def test_a_nearer_deadline_is_kept_beside_one_that_is_waited_for() -> None:
    deadlines, far, near = Deadlines(), threading.Event(), threading.Event()
    with deadlines.within(LONG_S, far.set), deadlines.within(SOON_S, near.set):
        assert near.wait(PATIENCE_S)
    assert not far.is_set()


def test_after_its_end_nothing_is_called_and_the_next_one_is_watched() -> None:
    deadlines, ended, next_one = Deadlines(), threading.Event(), threading.Event()
    with deadlines.within(SOON_S, ended.set):
        pass
    with pytest.raises(ZeroDivisionError), deadlines.within(SOON_S, ended.set):
        raise ZeroDivisionError
    with deadlines.within(2 * SOON_S, next_one.set):
        assert next_one.wait(PATIENCE_S)
    assert not ended.is_set()


def test_a_line_that_is_gone_already_does_not_end_the_watch() -> None:
    def gone() -> None:
        raise OSError

    deadlines, called = Deadlines(), threading.Event()
    with deadlines.within(SOON_S, gone), deadlines.within(2 * SOON_S, called.set):
        assert called.wait(PATIENCE_S)
