"""A page that the books could not answer in time says what that means, and comes again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest

from cardstation.central.console import app
from cardstation.central.console.roles import Role
from cardstation.errors import CardStationError, Mishap, OutcomeUnknown
from tests.kit.console import Browser, logged_in, person
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres


@pytest.fixture
def chief(centre: Centre) -> Iterator[Browser]:
    person(centre.books, "chief", *Role)
    with logged_in(centre, "chief") as browser:
        yield browser


def books_answer(monkeypatch: pytest.MonkeyPatch, error: CardStationError) -> None:
    @contextmanager
    def failing(*_: object, **__: object) -> Iterator[NoReturn]:
        raise error
        yield

    monkeypatch.setattr(app, "transaction", failing)


def test_a_late_page_comes_again_by_itself(chief: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    csrf = chief.csrf()
    books_answer(monkeypatch, OutcomeUnknown("ledger_commit_unknown"))
    late = chief.get("stations", wall="1")
    assert (late.status_code, late.headers["retry-after"]) == (503, "5")
    assert "Nothing was changed" in late.text
    assert "station tries" not in late.text
    found = re.search(r'http-equiv="refresh" content="30;url=([^"]+)"', late.text)
    assert found
    assert found[1] == "/console/stations?wall=1&amp;by_itself=1"
    assert 'href="/console/stations?wall=1"' in late.text
    file = chief.get("exports/stations.csv")
    assert (file.status_code, "refresh" in file.text) == (503, False)
    sent = chief.client.post("/console/logout", data={"csrf": csrf})
    assert sent.status_code == 503
    assert "not certain whether this was done" in sent.text
    assert "refresh" not in sent.text
    books_answer(monkeypatch, Mishap("ledger_overloaded"))
    sent = chief.client.post("/console/logout", data={"csrf": csrf})
    assert "Nothing was changed" in sent.text
    assert "refresh" not in sent.text
