"""What every test starts from: no screen, no keyring, no inherited settings."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
for name in [name for name in os.environ if name.startswith("CARDSTATION_")]:
    if name not in ("CARDSTATION_REQUIRE_REAL", "CARDSTATION_PG_BIN"):
        del os.environ[name]
