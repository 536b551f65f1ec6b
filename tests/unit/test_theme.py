"""Every word of both themes can be read: contrast 4.5:1 and more."""

from __future__ import annotations

import pytest

from ui.theme import DARK, LIGHT, THEMES, Theme, contrast, style_sheet, words_on_grounds

PAIRS = [
    pytest.param(ink, ground, id=f"{theme.name}: {what}")
    for theme in THEMES.values()
    for what, ink, ground in words_on_grounds(theme)
]


@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_words_can_be_read(ink: str, ground: str) -> None:
    assert contrast(ink, ground) >= 4.5


def test_contrast_of_the_extremes() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_style_sheet_names_known_tokens_only(theme: Theme) -> None:
    assert "$" not in style_sheet(theme)


def test_the_tokens_are_those_of_the_look() -> None:
    assert (LIGHT.bg, LIGHT.brand, LIGHT.ok, LIGHT.warn, LIGHT.error) == (
        "#F3F5F8", "#1463E6", "#12805C", "#B54708", "#C01F2E",
    )  # fmt: skip
    assert (DARK.bg, DARK.brand, DARK.ok, DARK.warn, DARK.error) == (
        "#0F1521", "#5B9BFF", "#4BD19C", "#FFB454", "#FF7A85",
    )  # fmt: skip
