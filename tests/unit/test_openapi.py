"""The description of the service on the command line: whole, and the same in every run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

from click.testing import CliRunner

from cardstation.cli.central import central

SAME = "from cardstation.cli.central import main; main(['openapi'])"


def test_the_command_prints_a_description_that_hangs_together() -> None:
    answer = CliRunner().invoke(central, ["openapi"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.output)
    named = set(re.findall(r'"#/components/schemas/(\w+)"', answer.output))
    assert named <= set(told["components"]["schemas"])
    assert told["openapi"].startswith("3.1")
    assert {"get", "post"} <= set(told["paths"]["/v1/stations/{station}/entries"])
    schemes = set(told["components"]["securitySchemes"])
    for path, methods in told["paths"].items():
        for operation in methods.values():
            assert operation["responses"], path
            assert {name for one in operation["security"] for name in one} <= schemes, path


def test_it_is_the_same_in_every_run() -> None:
    """Nothing in it hangs on chance, so that two versions can be laid side by side."""
    other = subprocess.run(
        [sys.executable, "-c", SAME],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    ).stdout
    assert CliRunner().invoke(central, ["openapi"]).output == other
