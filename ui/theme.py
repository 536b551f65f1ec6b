"""Colours, sizes and spaces as one table per theme, and the style sheet made from it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from functools import lru_cache

from resources import read_text

XS, S, M, L = 4, 8, 14, 24
"""The four spaces, in pixels."""

RADIUS_CARD, RADIUS_BUTTON, RADIUS_CHIP = 14, 9, 13
ROW_HEIGHT = 38
BANNER_HEIGHT = 168
RAIL_WIDTH = 96
FAMILY = "Noto Sans SC"


@dataclass(frozen=True, slots=True)
class Theme:
    """One set of tokens; colours are `#RRGGBB`.

    `ok_words` is `ok`, deep enough for words on `ok_bg` (the token itself reaches 4.3:1 there).
    `ink3` is for marks and rules only: it is too pale for words on the light surface.
    `…_from` and `…_to` are the ends of a banner's gradient, `…_ink` the words on it.
    """

    name: str
    bg: str
    surface: str
    stripe: str
    line: str
    ink: str
    ink2: str
    ink3: str
    rail: str
    rail_ink: str
    rail_here: str
    brand: str
    brand_hover: str
    on_brand: str
    ok: str
    ok_words: str
    ok_bg: str
    warn: str
    warn_bg: str
    error: str
    error_bg: str
    idle: str
    idle_bg: str
    selection: str
    field: str
    idle_from: str
    idle_to: str
    idle_ink: str
    ready_from: str
    ready_to: str
    writing_from: str
    writing_to: str
    done_from: str
    done_to: str
    needs_from: str
    needs_to: str
    banner_ink: str
    tier1: str
    tier2: str
    tier3: str
    shadow: str

    def banner(self, kind: str) -> tuple[str, str, str]:
        """Gradient start, gradient end and ink of a banner state."""
        return {
            "idle": (self.idle_from, self.idle_to, self.idle_ink),
            "ready": (self.ready_from, self.ready_to, self.banner_ink),
            "writing": (self.writing_from, self.writing_to, self.banner_ink),
            "done": (self.done_from, self.done_to, self.banner_ink),
            "needs_you": (self.needs_from, self.needs_to, self.banner_ink),
        }[kind]

    def tone(self, kind: str) -> tuple[str, str]:
        """Ink and ground of a chip: `ok`, `warn`, `error`, `alarm`, `idle` or `brand`."""
        return {
            "alarm": (self.surface, self.error),
            "ok": (self.ok_words, self.ok_bg),
            "warn": (self.warn, self.warn_bg),
            "error": (self.error, self.error_bg),
            "idle": (self.idle, self.idle_bg),
            "brand": (self.brand, self.selection),
        }[kind]


LIGHT = Theme(
    name="light",
    bg="#F3F5F8",
    surface="#FFFFFF",
    stripe="#F8F9FB",
    line="#E3E8EF",
    ink="#101828",
    ink2="#475467",
    ink3="#8A94A6",
    rail="#0E2A47",
    rail_ink="#B9C7D8",
    rail_here="#2A4360",
    brand="#1463E6",
    brand_hover="#0F55CA",
    on_brand="#FFFFFF",
    ok="#12805C",
    ok_words="#0E7453",
    ok_bg="#E3F5EC",
    warn="#B54708",
    warn_bg="#FFF1DC",
    error="#C01F2E",
    error_bg="#FDE8E9",
    idle="#475467",
    idle_bg="#EEF1F5",
    selection="#E8F0FE",
    field="#FFFFFF",
    idle_from="#E4E9F0",
    idle_to="#EDF1F6",
    idle_ink="#24324A",
    ready_from="#0F4FBF",
    ready_to="#1463E6",
    writing_from="#B54708",
    writing_to="#C94E08",
    done_from="#0E6B4D",
    done_to="#12805C",
    needs_from="#B81D2B",
    needs_to="#D92536",
    banner_ink="#FFFFFF",
    tier1="#36B3A8",
    tier2="#F2A33C",
    tier3="#D8566B",
    shadow="#0E2A47",
)

DARK = Theme(
    name="dark",
    bg="#0F1521",
    surface="#171F2E",
    stripe="#1A2333",
    line="#273247",
    ink="#EEF2F8",
    ink2="#B3BED0",
    ink3="#7C889D",
    rail="#0A0F18",
    rail_ink="#A3AFC2",
    rail_here="#222C3D",
    brand="#5B9BFF",
    brand_hover="#77ADFF",
    on_brand="#0A0F18",
    ok="#4BD19C",
    ok_words="#4BD19C",
    ok_bg="#12352B",
    warn="#FFB454",
    warn_bg="#3A2A12",
    error="#FF7A85",
    error_bg="#3B1820",
    idle="#B3BED0",
    idle_bg="#222C3D",
    selection="#1E3358",
    field="#111826",
    idle_from="#1C2534",
    idle_to="#222C3D",
    idle_ink="#D5DDEA",
    ready_from="#16305E",
    ready_to="#1D4488",
    writing_from="#6B3206",
    writing_to="#8F440A",
    done_from="#12352B",
    done_to="#17543F",
    needs_from="#6E1620",
    needs_to="#95202D",
    banner_ink="#FFFFFF",
    tier1="#3CC0B4",
    tier2="#F2A33C",
    tier3="#E8707F",
    shadow="#000000",
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


def words_on_grounds(theme: Theme) -> tuple[tuple[str, str, str], ...]:
    """Every (what, ink, ground) that carries words; each must reach 4.5:1."""
    grounds = ("bg", "surface", "stripe", "selection")
    plain = [
        (f"{ink} on {ground}", getattr(theme, ink), getattr(theme, ground))
        for ink in ("ink", "ink2")
        for ground in grounds
    ]
    tones = [(kind, *theme.tone(kind)) for kind in ("ok", "warn", "error", "idle", "brand")]
    banners = [
        (f"banner {kind} {end}", theme.banner(kind)[2], theme.banner(kind)[end])
        for kind in ("idle", "ready", "writing", "done", "needs_you")
        for end in (0, 1)
    ]
    notices = [
        (f"ink on {kind}", theme.ink, theme.tone(kind)[1])
        for kind in ("ok", "warn", "error", "idle")
    ]
    figures = [
        (f"{kind} on surface", getattr(theme, kind), theme.surface)
        for kind in ("ok", "warn", "error", "brand")
    ]
    rest = [
        ("button", theme.on_brand, theme.brand),
        ("button hover", theme.on_brand, theme.brand_hover),
        ("field", theme.ink, theme.field),
        ("rail", theme.rail_ink, theme.rail),
        ("rail here", "#FFFFFF", theme.rail_here),
    ]
    return (*plain, *tones, *notices, *banners, *figures, *rest)


def contrast(ink: str, ground: str) -> float:
    """Contrast ratio by WCAG 2.2, 1–21."""
    high, low = sorted((_luminance(ink), _luminance(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=len(THEMES))
def style_sheet(theme: Theme) -> str:
    """The style sheet of a theme: `$token` in `style/desk.qss` becomes its value."""
    tokens = asdict(theme) | {
        "family": FAMILY,
        "radius_card": f"{RADIUS_CARD}px",
        "radius_button": f"{RADIUS_BUTTON}px",
        "radius_chip": f"{RADIUS_CHIP}px",
    }
    return re.sub(r"\$(\w+)", lambda found: tokens[found[1]], read_text("style/desk.qss"))


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
