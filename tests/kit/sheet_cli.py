"""The command line of registered sheets over a data folder with one supervisor."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cardstation.bootstrap.entry import doors
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main
from tests.kit.sheet_station import FOLDER
from tests.kit.shifts import CHIEF

WHOLE = (FOLDER / "interface2012.toml").read_text("utf-8")
SHEET = WHOLE[: WHOLE.index('[[example]]\nname = "an opening card')]
"""With the cards in use alone: every card is proven on its chip once more."""


class Cli:
    """The command line over one data folder."""

    def __init__(self, home: Path, heard: pytest.CaptureFixture[str]) -> None:
        self.home, self._heard = home, heard

    def __call__(self, *words: object) -> tuple[int, dict[str, object], str]:
        said = [str(word) for word in words]
        status = main(doors(), COMMANDS, ["--home", str(self.home), "layout", *said, "--json"])
        shown = self._heard.readouterr()
        return status, json.loads(shown.out.partition("\n}\n")[0] + "\n}"), shown.err

    def register(self, text: str, name: str = "mine.toml") -> dict[str, str]:
        """What does not hold, by its name; nothing when it was registered."""
        path = self.home.parent / name
        path.write_text(text, "utf-8")
        status, answer, _ = self("register", path, "--approver", CHIEF)
        assert (status == 0) == answer["ok"]
        checks = answer["checks"]
        assert isinstance(checks, list)
        return {one["name"]: one["found"] for one in checks if not one["ok"]}


def changed(*pairs: tuple[str, str]) -> str:
    text = SHEET
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text
