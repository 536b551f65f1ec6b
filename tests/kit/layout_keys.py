"""Keys of the worked sheets, which anybody can compute: they are made here and kept nowhere."""

from __future__ import annotations

import hashlib

from drivers.keys.layout_keys import SoftwareLayoutKeys
from drivers.keys.secret import Secret


def published(layout: str, name: str) -> Secret:
    """As docs/writing-layouts.md says it."""
    text = f"Published on purpose: {layout} {name}"
    return Secret(hashlib.sha256(text.encode()).digest()[:16])


def published_keys() -> SoftwareLayoutKeys:
    return SoftwareLayoutKeys(published)
