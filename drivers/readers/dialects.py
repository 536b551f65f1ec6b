"""Which dialect a reader speaks, by its name or as the settings say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from cardstation.errors import Refusal
from cardstation.ports.reader import MemoryDialect
from drivers.readers.acs import AcsDialect
from drivers.readers.omnikey import OmnikeyDialect

DIALECTS: tuple[MemoryDialect, ...] = (AcsDialect(), OmnikeyDialect())

WORDS: Mapping[str, str] = MappingProxyType(
    {"acs": "acs", "acr": "acs", "omnikey": "omnikey", "hid": "omnikey", "cherry": "omnikey"}
)
CAREFUL = "acs"
"""For names of no known family, also vpcd's "Virtual PCD": with the ACS reading, 90 00 after a
code is never success and a counter that cannot be read stops before any code is presented."""


def dialect_for(reader_name: str, chosen: str = "") -> MemoryDialect:
    """The dialect of a reader.

    Args:
        reader_name: As the card service lists it.
        chosen: Name of a dialect the settings prescribe for this reader; empty = by its name.

    Raises:
        Refusal: code `dialect_unknown`.
    """
    known = {dialect.name: dialect for dialect in DIALECTS}
    if chosen and chosen not in known:
        raise Refusal("dialect_unknown", chosen=chosen, known=", ".join(known))
    words = re.findall(r"[a-z]+", reader_name.lower())
    named = next((WORDS[word] for word in words if word in WORDS), CAREFUL)
    return known[chosen or named]
