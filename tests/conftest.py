"""What every test starts from: no screen, no keyring, no inherited settings."""

from __future__ import annotations

import gc
import os
import tempfile
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.kit.shared_engines import share_engines

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
for name in [name for name in os.environ if name.startswith("CARDSTATION_")]:
    if name not in ("CARDSTATION_REQUIRE_REAL", "CARDSTATION_PG_BIN"):
        del os.environ[name]

# Rollback anchors lie outside the data folders: none of a test in the machine's own place.
os.environ["XDG_STATE_HOME"] = str(
    Path(tempfile.gettempdir(), f"cardstation-tests-{os.getpid()}", "state")
)

# libpcsclite reads this once per process, at the first call: it must stand before any test makes
# one, and no test may ever reach the card service of the machine it runs on.
PRIVATE = Path(tempfile.gettempdir(), f"cardstation-tests-{os.getpid()}", "pcscd.comm")
os.environ["PCSCLITE_CSOCK_NAME"] = str(PRIVATE)


@pytest.fixture(scope="session", autouse=True)
def _engines_that_share() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        share_engines(patch)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Modules and thousands of tests live to the end: none of it is looked through for garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the long proofs counted, whichever worker counted it."""
    told = [
        one for report in terminalreporter.getreports("passed") for one in report.user_properties
    ]
    figures = sorted(said for name, said in told if name == "figures")
    figures += [*planted_faults(terminalreporter)]
    sums: Counter[str] = Counter()
    for name, counted in told:
        if name == "counted":
            sums.update(counted)
    if figures or sums:
        terminalreporter.section("figures")
    for said in (*figures, *(f"together: {what} {count}" for what, count in sums.items())):
        terminalreporter.write_line(said)


def planted_faults(reporter: pytest.TerminalReporter) -> Iterator[str]:
    """How many of the faults that were planted their tests found, file by file."""
    ended = [
        (one.location[0], one.passed)
        for how in ("passed", "failed")
        for one in reporter.getreports(how)
        if one.when == "call" and "::test_a_planted_fault_is_found[" in one.nodeid
    ]
    for file, planted in Counter(file for file, _ in ended).items():
        yield f"planted faults found in {file}: {ended.count((file, True))} of {planted}"
