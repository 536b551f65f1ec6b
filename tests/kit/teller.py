"""One interpreter for all commands of a story: what each does is its point, not its process.

It runs the same `main` over the same data folder, card service and ledger as a process of its own
would; PINs are kept without their slow hash.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from typing import Any
from unittest.mock import patch

import click

from cardstation.bootstrap.entry import doors
from cardstation.cli.run import main
from tests.kit.e2e import PATIENCE_S, Answer, Desk

PROGRAM = "teller"


class Teller:
    """Runs a desk's commands one after another; to be made when the rack is served."""

    def __init__(self, desk: Desk) -> None:
        self._process = desk.kept(PROGRAM)
        self._asked = 0

    def __call__(self, *words: object, status: int = 0, **env: str) -> Any:
        """Ask with `--json` and return the one object; the exit status must be `status`."""
        said = [*map(str, words), "--json"]
        self._process.say(json.dumps({"words": said, "env": env}))
        deadline = time.monotonic() + PATIENCE_S
        line = self._process.out.wait_for("{", self._asked, deadline)
        assert line is not None, str(self._process.told())
        self._asked += 1
        heard = json.loads(line)
        answer = Answer(" ".join(said), heard["status"], heard["out"], heard["err"])
        assert answer.status == status, str(answer)
        return answer.json


def serve() -> None:
    """Run what is asked, a line each, until the asker ends."""
    from cardstation.cli.commands import COMMANDS
    from tests.kit.shifts import PlainPins

    with patch("cardstation.bootstrap.station.Argon2Pin", PlainPins):
        for line in sys.stdin:
            asked = json.loads(line)
            out, err = io.StringIO(), io.StringIO()
            with (
                patch.dict(os.environ, asked["env"]),
                redirect_stdout(out),
                redirect_stderr(err),
            ):
                status = main(doors(), COMMANDS, asked["words"])
            said = {"status": status, "out": out.getvalue(), "err": err.getvalue()}
            click.echo(json.dumps(said))
