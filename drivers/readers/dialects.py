"""Which dialect a reader speaks, by its name or as the settings say."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cardstation.errors import Refusal


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way of wrapping the commands of memory cards.

    Attributes:
        readers: The readers that speak so, in words.
        pattern: What the names of these readers have in them, as the card service lists them.
    """

    name: str
    readers: str
    pattern: str


ACR1252 = Dialect(
    "acr1252",
    "ACS ACR1252U, ACR1255U, contactless side of ACR1281U",
    r"acr\s?1252|acr\s?1255|acr\s?1281.*\bpicc",
)
PART3 = Dialect(
    "part3",
    "ACS ACR122U, OMNIKEY 5x21/5022, Identiv uTrust 370x and other contactless readers",
    r"acr\s?122|\bpicc\b|\bcl\b|contactless|utrust 370",
)
OMNIKEY = Dialect(
    "omnikey", "HID OMNIKEY 3x21 (AViatoR), Cherry ST-1144 and keyboards", r"\b(omnikey|hid|cherry)"
)
ACS = Dialect("acs", "ACS ACR38, ACR39, ACR3901, ACR33, contact side of ACR1281U", r"\b(acs|acr)")

DIALECTS: tuple[Dialect, ...] = (ACR1252, PART3, OMNIKEY, ACS)
"""In the order in which names are tried: contactless sides carry their maker's name, too."""

CAREFUL = ACS
"""For names of no known family, also vpcd's "Virtual PCD": with the ACS reading, 90 00 after a
code is never success and a counter that cannot be read stops before any code is presented."""


def dialect_for(reader_name: str, chosen: str = "") -> Dialect:
    """The dialect of a reader.

    Args:
        reader_name: As the card service lists it.
        chosen: Name of a dialect the settings prescribe for this reader; empty = by its name.

    Raises:
        Refusal: code `dialect_unknown`.
    """
    known = {dialect.name: dialect for dialect in DIALECTS}
    if chosen:
        if chosen not in known:
            raise Refusal("dialect_unknown", chosen=chosen, known=", ".join(sorted(known)))
        return known[chosen]
    name = reader_name.lower()
    return next((one for one in DIALECTS if re.search(one.pattern, name)), CAREFUL)
