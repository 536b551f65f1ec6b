"""Money of a batch is divided by its rules, whatever was paid and in whatever order."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cardstation.domain.allocation import (
    Ask,
    Division,
    Funding,
    Holding,
    Purse,
    allocate,
    divide,
)
from cardstation.domain.money import NO_MONEY, Money

PLACES = st.integers(1, 8)
ASKS = st.dictionaries(PLACES, st.integers(1, 300).map(Money), max_size=8).flatmap(
    lambda wanted: st.permutations([Ask(place, money) for place, money in wanted.items()])
)
SUMS = st.lists(st.tuples(st.integers(1, 600), st.one_of(st.just(0), PLACES)), max_size=10).map(
    lambda found: [Purse(f"P{n}", Money(fen), line) for n, (fen, line) in enumerate(found, 1)]
)


def held(asks: list[Ask], fundings: tuple[Funding, ...]) -> list[Holding]:
    price = {ask.line: ask.money for ask in asks}
    return [Holding(one.line, price[one.line], one.payment_id, one.drawn) for one in fundings]


def total(sums: list[Purse]) -> Money:
    return sum((one.money for one in sums), NO_MONEY)


@given(ASKS, SUMS)
def test_lines_are_paid_whole_and_never_with_more_than_came(
    asks: list[Ask], sums: list[Purse]
) -> None:
    holdings = held(asks, allocate(asks, sums, []))
    division = divide(sums, holdings)
    assert division.short == NO_MONEY
    assert all(NO_MONEY <= division.left[one.payment_id] <= one.money for one in sums)
    spent = sum((one.money for one in holdings), NO_MONEY)
    assert sum(division.left.values(), NO_MONEY) == total(sums) - spent
    assert len({one.line for one in holdings}) == len(holdings)


@given(ASKS, SUMS)
def test_an_envelope_pays_for_its_line_only(asks: list[Ask], sums: list[Purse]) -> None:
    line_of = {one.payment_id: one.line for one in sums}
    for funding in allocate(asks, sums, []):
        assert line_of[funding.payment_id] in (0, funding.line)


@given(ASKS, SUMS)
def test_a_line_with_an_envelope_never_draws_on_a_lump_sum(
    asks: list[Ask], sums: list[Purse]
) -> None:
    """What a household laid in is its own affair: it waits for the rest of its money."""
    line_of = {one.payment_id: one.line for one in sums}
    enveloped = {one.line for one in sums if one.line}
    for funding in allocate(asks, sums, []):
        assert funding.line not in enveloped or line_of[funding.payment_id] == funding.line


@given(ASKS, SUMS)
def test_a_short_envelope_keeps_no_other_line_waiting(asks: list[Ask], sums: list[Purse]) -> None:
    """Lines without an envelope are served as if the enveloped ones were not on the quote."""
    enveloped = {one.line for one in sums if one.line}
    plain = [ask for ask in asks if ask.line not in enveloped]
    found = [one for one in allocate(asks, sums, []) if one.line not in enveloped]
    assert found == list(allocate(plain, sums, []))


@given(ASKS, SUMS)
def test_the_lump_sum_goes_by_the_signed_order(asks: list[Ask], sums: list[Purse]) -> None:
    fundings = {one.line: one.payment_id for one in allocate(asks, sums, [])}
    lumps = {one.payment_id for one in sums if not one.line}
    plain = [ask for ask in asks if ask.line not in {one.line for one in sums}]
    waiting = next((at for at, ask in enumerate(plain) if ask.line not in fundings), len(plain))
    assert all(fundings.get(ask.line) not in lumps for ask in plain[waiting:])


@given(ASKS, SUMS)
def test_a_line_with_enough_in_its_envelope_is_paid(asks: list[Ask], sums: list[Purse]) -> None:
    fundings = {one.line for one in allocate(asks, sums, [])}
    for ask in asks:
        own = total([one for one in sums if one.line == ask.line])
        assert own < ask.money or ask.line in fundings


@given(ASKS, SUMS)
def test_money_that_comes_bit_by_bit_is_never_overdrawn(asks: list[Ask], sums: list[Purse]) -> None:
    holdings: list[Holding] = []
    for count in range(1, len(sums) + 1):
        waiting = [ask for ask in asks if ask.line not in {one.line for one in holdings}]
        holdings += held(asks, allocate(waiting, sums[:count], holdings))
        assert divide(sums[:count], holdings).short == NO_MONEY
    left = [ask for ask in asks if ask.line not in {one.line for one in holdings}]
    assert not sums or allocate(left, sums, holdings) == ()


@given(ASKS, SUMS, st.data())
def test_what_is_given_back_is_never_missed_later(
    asks: list[Ask], sums: list[Purse], data: st.DataObject
) -> None:
    holdings = held(asks, allocate(asks, sums, []))
    for _ in range(3):
        left = divide(sums, holdings).left
        giving = [one for one in sums if left[one.payment_id]]
        if holdings and data.draw(st.booleans()):
            holdings = [one for one in holdings if one is not data.draw(st.sampled_from(holdings))]
        elif giving:
            one = data.draw(st.sampled_from(giving))
            fen = data.draw(st.integers(1, left[one.payment_id].fen))
            sums = [
                Purse(p.payment_id, p.money - Money(fen), p.line) if p is one else p for p in sums
            ]
    division = divide(sums, holdings)
    assert division.short == NO_MONEY
    assert all(left >= NO_MONEY for left in division.left.values())


@given(ASKS, SUMS, st.data())
def test_what_a_line_gives_free_is_free_where_it_came_from(
    asks: list[Ask], sums: list[Purse], data: st.DataObject
) -> None:
    """Whatever lines gave their money free before, and whatever was paid with that since."""
    holdings: list[Holding] = []
    for count in range(1, len(sums) + 1):
        waiting = [ask for ask in asks if ask.line not in {one.line for one in holdings}]
        holdings += held(asks, allocate(waiting, sums[:count], holdings))
        if holdings and data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(holdings))
            before = divide(sums, holdings)
            assert before.drawn[gone.line] == gone.drawn
            holdings.remove(gone)
            after = divide(sums, holdings)
            for one in sums:
                freed = gone.drawn.get(one.payment_id, NO_MONEY)
                assert after.left[one.payment_id] == before.left[one.payment_id] + freed
            assert after.drawn.items() <= before.drawn.items()


@given(ASKS, SUMS, st.data())
def test_where_it_is_not_known_of_every_line_nothing_is_missed(
    asks: list[Ask], sums: list[Purse], data: st.DataObject
) -> None:
    """Older records beside newer ones: all that is held is drawn of something, nothing twice."""
    known = held(asks, allocate(asks, sums, []))
    holdings = [replace(one, drawn={}) if data.draw(st.booleans()) else one for one in known]
    division = divide(sums, holdings)
    assert division.short == NO_MONEY
    for one in holdings:
        assert sum(division.drawn[one.line].values(), NO_MONEY) == one.money
    for purse in sums:
        out = sum(
            (one.get(purse.payment_id, NO_MONEY) for one in division.drawn.values()), NO_MONEY
        )
        assert division.left[purse.payment_id] + out == purse.money


def test_what_is_kept_of_a_freed_line_is_the_first_that_it_drew() -> None:
    sums = [Purse("A", Money(50)), Purse("B", Money(50))]
    kept = Holding(1, Money(55), "B", {"A": Money(50), "B": Money(50)})
    left = {"A": NO_MONEY, "B": Money(45)}
    assert divide(sums, [kept]).left == left


def test_a_sum_that_is_gone_is_made_up_by_the_others() -> None:
    """Lost records may name a sum that went back: nothing is short while others hold enough."""
    sums = [Purse("A", NO_MONEY), Purse("B", Money(100))]
    assert divide(sums, [Holding(1, Money(100), "B", {"A": Money(100)})]) == Division(
        {"A": NO_MONEY, "B": NO_MONEY}, NO_MONEY, {1: {"B": Money(100)}}
    )


def test_the_oldest_sum_is_used_first() -> None:
    sums = [Purse("A", Money(100)), Purse("B", Money(100)), Purse("E", Money(70), 3)]
    asks = [Ask(2, Money(120)), Ask(3, Money(60)), Ask(1, Money(90))]
    fundings = allocate(asks, sums, [])
    drawn = {2: {"A": Money(100), "B": Money(20)}, 3: {"E": Money(60)}}
    assert fundings == (Funding(2, "B", drawn[2]), Funding(3, "E", drawn[3]))
    left = {"A": NO_MONEY, "B": Money(80), "E": Money(10)}
    known = held(asks, fundings)
    assert divide(sums, known) == Division(left, NO_MONEY, drawn)
    assert divide(sums, [replace(one, drawn={}) for one in known]) == Division(
        left, NO_MONEY, drawn
    )


def test_an_envelope_that_went_back_to_its_payer_is_none() -> None:
    """Its line is paid like the others again."""
    sums = [Purse("A", Money(100)), Purse("E", NO_MONEY, 3)]
    assert allocate([Ask(3, Money(60))], sums, []) == (Funding(3, "A", {"A": Money(60)}),)


def test_an_envelope_that_debts_used_up_is_one_still() -> None:
    """Its household gave money; the sum for all does not fill it up, and nobody waits for it."""
    sums = [Purse("A", Money(200)), Purse("E", NO_MONEY, 3, debts=Money(60))]
    asks = [Ask(3, Money(40)), Ask(4, Money(60))]
    assert allocate(asks, sums, []) == (Funding(4, "A", {"A": Money(60)}),)


def test_books_that_hold_more_than_came_are_told() -> None:
    assert divide([Purse("A", Money(50))], [Holding(1, Money(80), "A")]).short == Money(30)
    assert divide([Purse("E", Money(50), 2)], [Holding(1, Money(80), "A")]).short == Money(80)
