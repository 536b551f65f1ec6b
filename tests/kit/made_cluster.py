"""The ledger's cluster as a first start leaves it: made once in a process, and copied.

Making one and its tables takes three seconds of a processor.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from cardstation.central import serve
from cardstation.central.embedded import OWNER, EmbeddedPostgres


def begin_cluster(postgres: EmbeddedPostgres) -> None:
    """Let a cluster that is not there yet begin as a copy.

    Raises:
        Mishap: `postgres_missing`.
    """
    if not postgres.data.exists():
        postgres.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copytree(_made(), postgres.data)


@cache
def _made() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="cs-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = EmbeddedPostgres(folder / "pg")
    made.start()
    try:
        serve.prepare(made.dsn(OWNER, "postgres"))
    finally:
        made.stop()
    return made.data
