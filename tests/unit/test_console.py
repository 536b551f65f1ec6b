"""The console's small rules: where one goes on, what a cell is, how prices read, what is drawn."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

from cardstation.central.console import words
from cardstation.central.console.charts import Bars, Donut, Line
from cardstation.central.console.exports import guarded
from cardstation.central.console.gate import own_place
from cardstation.central.console.pages import ACTS, EXPORTS, PAGES
from cardstation.central.console.passwords import hash_secret
from cardstation.central.console.prices import read_body, shown_steps, typed_body
from cardstation.central.console.proposals import RIGHT, Kind
from cardstation.central.console.rendering import STATIC, environment, money, static_bytes, volume
from cardstation.central.console.roles import Right, Role, rights_of
from cardstation.central.contact import news_of
from cardstation.central.people_door import ROLES
from cardstation.errors import Refusal
from cardstation.i18n import translator
from cardstation.sentences.centre import TABLE


@pytest.mark.parametrize(
    "asked",
    [
        "https://elsewhere.example/console/",
        "//elsewhere.example/console/",
        "/\\elsewhere.example",
        "/console/\\..",
        "/console/../v1/totals",
        "javascript:alert(1)",
        "/v1/totals",
        "console/",
        "",
    ],
)
def test_nobody_is_sent_elsewhere(asked: str) -> None:
    assert own_place(asked) == "/console/"


@pytest.mark.parametrize(
    "asked", ["/console/", "/console/suspense?which=all&code=x", "/console/stations/S001"]
)
def test_one_goes_on_where_one_was(asked: str) -> None:
    assert own_place(asked) == asked


def test_no_line_is_broken_into_a_header() -> None:
    assert "\n" not in own_place("/console/\r\nSet-Cookie: a=b")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", " =1", "＝1", "\t=1", "\r=1"])
def test_a_text_never_begins_a_formula(text: str) -> None:
    assert str(guarded(text)).startswith("'")


@pytest.mark.parametrize("cell", ["1=1", "阳光", "", 12, -12, Decimal("-3.50"), None])
def test_everything_else_stays_as_it_is(cell: str | int | Decimal | None) -> None:
    assert guarded(cell) == cell


def test_a_price_list_reads_as_it_was_typed() -> None:
    typed = {"code": "residential", "from": "2027-01-01", "to_1": "390", "price_1": "2.8"}
    body = typed_body({**typed, "price_2": "3.3602"})
    assert shown_steps(read_body(body)) == (
        {"to_m3": "390", "price": "2.80"},
        {"to_m3": "", "price": "3.3602"},
    )
    with pytest.raises(Refusal, match="tariff_wrong"):
        typed_body({**typed, "to_2": "600"})


@pytest.mark.parametrize(
    ("values", "top"), [([0, 0], 4), ([3], 4), ([9], 12), ([106, 4], 120), ([4_228_000], 8_000_000)]
)
def test_bars_stay_in_the_picture(values: list[int], top: int) -> None:
    drawn = Bars.of([(str(at), value) for at, value in enumerate(values)])
    assert drawn.grid[-1].value == top
    assert all(22 <= bar.y <= 194 and bar.height >= 0 for bar in drawn.bars)
    assert sum(bar.best for bar in drawn.bars) == (max(values) > 0)


def test_a_line_and_a_ring_of_nothing_are_empty() -> None:
    assert Line.of([]).path == ""
    assert Donut.of([("a", 0), ("b", -5)]).slices == ()


def test_a_ring_is_whole() -> None:
    drawn = Donut.of([("a", 1), ("b", 3)])
    assert [one.share for one in drawn.slices] == [25, 75]
    assert "NaN" not in Donut.of([("all", 7)]).slices[0].path


def test_figures_are_written_like_everywhere() -> None:
    assert (money(-123_456), money(None)) == ("-¥1,234.56", "—")
    assert (volume(1_234_500), volume(-500)) == ("1,234.5 m³", "-0.5 m³")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"version": "0.1.0"},
        {"version": "<b>", "unsent": "1"},
        {"version": "0.1.0", "unsent": "-1"},
        {"version": "0.1.0", "unsent": "١"},
        {"version": "0.1.0", "unsent": "1", "oldest": "soon"},
        {"version": "0.1.0", "unsent": "1", "oldest": "2026-11-26T09:00:00"},
    ],
    ids=str,
)
def test_nonsense_of_a_station_is_no_news(query: dict[str, str]) -> None:
    assert news_of(query) is None


def test_names_and_addresses_are_used_once() -> None:
    assert len({page.name for page in PAGES}) == len(PAGES)
    assert len({page.address for page in PAGES}) == len(PAGES)
    assert len({page.key for page in PAGES if page.key}) == len([1 for p in PAGES if p.key])
    assert len({act.path for act in ACTS}) == len(ACTS)
    assert len({one.name for one in EXPORTS}) == len(EXPORTS)
    assert {act.page for act in ACTS} <= {page.name for page in PAGES}


def test_every_right_is_somebodys_and_the_auditor_changes_nothing() -> None:
    assert rights_of(Role) == frozenset(Right)
    assert not rights_of([Role.AUDITOR]) & {Right.EXPLAIN, *RIGHT.values()}
    assert set(RIGHT) == set(Kind)
    assert tuple(Role) == ROLES


def test_every_template_and_file_is_there_and_used() -> None:
    names = {page.name for page in PAGES} | {"login", "refused", "once"}
    parts = {"layout", "bare", "parts", "charts"}
    there = {name.removesuffix(".html") for name in environment().list_templates(["html"])}
    assert there == names | parts
    for name in STATIC:
        assert static_bytes(name)


@pytest.mark.parametrize(
    "table",
    [
        *(words.DONE, words.ACTS, words.ROLES, words.KINDS, words.ENTRIES, words.STATUSES),
        *(words.ACCOUNTS, words.TENDERS, words.GAS),
    ],
)
def test_every_word_has_its_chinese(table: dict[str, str]) -> None:
    chinese = translator("zh_CN")
    titles = [one.title for one in (*PAGES, *EXPORTS)]
    assert not [text for text in (*table.values(), *titles) if not chinese.knows(text)]


def test_every_refusal_says_what_to_do() -> None:
    for told in TABLE.values():
        assert all(getattr(told, part.name) for part in dataclasses.fields(told))


def test_a_password_is_slow_to_guess() -> None:
    """The second recommended option of RFC 9106, section 4."""
    assert hash_secret("plain oak window").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
