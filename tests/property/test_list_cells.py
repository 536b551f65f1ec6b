"""A cell that needs no cleaning is let through as it is, and one that needs it never is."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from cardstation.services.lists.cells import clean, clean_number

UNSEEN = "\u200b\u200f\u2028\u202e\u2060\ufeff\u00ad\x00\x08\x0b\x0c\x0e\x1f"
CELLS = st.text(
    st.sampled_from("张三3栋２单元－ \u3000\t\n.0'’ﬁAé\u0301" + UNSEEN) | st.characters()
)


@given(CELLS)
@example("3栋2单元601")
@example("\u3000张 三")
@example("３栋")
@example("张\u200b三")
def test_what_is_let_through_says_what_cleaning_would_say(text: str) -> None:
    unseen = re.compile(f"[{UNSEEN}\u200c-\u200e\u2029-\u202d\x01-\x07\x0f-\x1e]")
    plain = unicodedata.normalize("NFKC", unseen.sub("", text))
    assert clean(text) == re.sub(r"\s+", " ", plain).strip()


@given(CELLS)
@example("220104000001.0")
@example("'8801 3025-0002")
@example("２２")
def test_a_number_loses_only_what_is_no_part_of_it(text: str) -> None:
    bare = re.sub(r"[\s'’\-]", "", text)
    whole = re.fullmatch(r"(\d+)\.0+", bare)
    assert clean_number(text) == (whole[1] if whole else bare)
