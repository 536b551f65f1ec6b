"""Amounts in capitals against cn2an, and read back by our own reader of words."""

from __future__ import annotations

import cn2an
from hypothesis import example, given
from hypothesis import strategies as st

from cardstation.domain.amounts import MOST_FEN, AmountDoubt, read_amount
from cardstation.domain.money import Money, capitals

sparse = st.builds(
    lambda digits, zeros, more: digits * 10**zeros + more,
    st.integers(1, 99),
    st.integers(0, 7),
    st.integers(0, 99),
)


@given(fen=st.integers(0, 10**10 - 1) | sparse)
@example(fen=0)
@example(fen=5)
@example(fen=100_001_000)
@example(fen=30_500_000)
@example(fen=3_050_005)
def test_capitals_agree_with_cn2an_below_a_hundred_million(fen: int) -> None:
    """cn2an leaves 整 off after 角, which the rule allows; everything else is the same."""
    other = cn2an.an2cn(f"{fen // 100}.{fen % 100:02d}", "rmb")
    assert capitals(Money(fen)).removesuffix("整") == other.removesuffix("整")


@given(fen=st.integers(1, MOST_FEN) | sparse.filter(lambda fen: fen <= MOST_FEN))
def test_capitals_are_read_back(fen: int) -> None:
    words = capitals(Money(fen))
    assert read_amount(words) == Money(fen)
    assert read_amount(f"人民币{words}") == Money(fen)


@given(yuan=st.integers(1, MOST_FEN // 100))
def test_plain_words_are_read_back(yuan: int) -> None:
    assert read_amount(cn2an.an2cn(str(yuan), "low")) == Money(yuan * 100)


@given(text=st.text("零一二两三五十百千万元角分整壹佰拾伍0189.,¥ ", max_size=9))
def test_any_other_words_are_a_doubt_or_spelt_exactly(text: str) -> None:
    """Nothing raises, and what is read can be written again as the same sum."""
    found = read_amount(text)
    if isinstance(found, AmountDoubt):
        assert found.code in ("no_amount", "zero_amount", "amount_not_certain")
    else:
        assert 0 < found.fen <= MOST_FEN
        assert read_amount(capitals(found)) == found
        assert read_amount(found.yuan) == found
