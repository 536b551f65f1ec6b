"""What a hand-over is given on the command line: the count, which rows, who signed how."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import click

PICTURE = click.Path(exists=True, dir_okay=False, path_type=Path)
_Command = Callable[..., None]


class Places(click.ParamType[tuple[int, ...]]):
    """Lines as `1-5,9`, by their place in the batch."""

    name = "lines"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, ...]:
        """As click asks."""
        if isinstance(value, tuple):
            return value
        found: list[int] = []
        for part in str(value).split(","):
            first, _, last = part.strip().partition("-")
            if not first.isdecimal() or not (last or first).isdecimal():
                self.fail(f"{value!r} is not like 1-5,9", param, ctx)
            found += range(int(first), int(last or first) + 1)
        return tuple(found)


_COUNTED = (
    click.option("--arrived", type=click.IntRange(0), required=True, help="Cards counted."),
    click.option("--expected", type=click.IntRange(0), help="Cards the giver says."),
)
_OF_ROWS = (
    click.option("--seal", "seal_no", default="", help="Number of the bag's seal."),
    click.option("--lines", "places", type=Places(), help="Only these lines: 1-5,9."),
    click.option("--door", "doors", multiple=True, help="Only a building or stair: 3, 3-2."),
    click.option("--missing", type=Places(), default=(), help="Lines known to be missing."),
    click.option("--extra", "extras", multiple=True, help="Number of a card on no line."),
)
_SIGNED = (
    click.option("--given-by", default="", help="Who gives, by name; the desk needs none."),
    click.option("--taken-by", default="", help="Who takes, by name; the desk needs none."),
    click.option("--given-signature", type=PICTURE, help="PNG or JPEG."),
    click.option("--taken-signature", type=PICTURE, help="PNG or JPEG."),
    click.option("--on-paper", is_flag=True, help="Signed on paper; its photo follows."),
)


def counted(command: _Command) -> _Command:
    """How many cards there are."""
    return _with(_COUNTED, command)


def of_rows(command: _Command) -> _Command:
    """Under which seal, and which rows of a list."""
    return _with(_OF_ROWS, command)


def signed(command: _Command) -> _Command:
    """Who gave and who took."""
    return _with(_SIGNED, command)


def with_pictures(given: dict[str, Any]) -> dict[str, Any]:
    """What was given, with the pictures themselves in place of their files."""
    said = dict(given)
    for side in ("given", "taken"):
        path: Path | None = said.pop(f"{side}_signature")
        said[f"{side}_picture"] = path.read_bytes() if path else b""
    return said


def _with(options: tuple[Callable[[_Command], _Command], ...], command: _Command) -> _Command:
    return reduce(lambda made, option: option(made), reversed(options), command)
