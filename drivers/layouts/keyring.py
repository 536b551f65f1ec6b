"""The keys of one card at a time: which they are follows from what stands on it in the clear."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cardstation.errors import Refusal, ensure
from cardstation.ports.keys import KeyAsked, LayoutKeys
from drivers.layouts.codec import Declaration, Place
from drivers.layouts.fields import Encoding, Field, FieldValue
from drivers.layouts.keyed import NO_KEYS, Keys


class Keyring:
    """The keys a declared layout names, for the card at hand.

    Args:
        declaration: Of the layout.
        who: Its places that say whose card it is; they show so without a key.
        factors: Names of fields that may make a card's own key: known before it is issued.
        holder: Who holds the keys; None = nobody here.
    """

    def __init__(
        self,
        declaration: Declaration,
        who: Sequence[Place],
        factors: Sequence[str],
        holder: LayoutKeys | None,
    ) -> None:
        for place in who:
            shown = not place.block.key_names or _known_without_key(place)
            ensure(shown, f"{place.name} has a check value or a mark that needs no key")
        self._declaration, self._holder = declaration, holder
        named = {name for key in declaration.keys for name in key.factor}
        ensure(named <= set(factors), f"keys are made of: {', '.join(factors)}")
        self._factors = {name: _factor(name, who) for name in sorted(named)}
        self._last: tuple[tuple[KeyAsked, ...], Keys] = ((), NO_KEYS)

    def of_image(self, image: bytes) -> Keys:
        """Those of a card of the layout.

        Raises:
            Refusal: `layout_key_missing`, `layout_key_malformed`.
        """
        return self._keys(lambda name: _part(image, *self._factors[name]))

    def of_values(self, values: Mapping[str, FieldValue]) -> Keys:
        """Those of a card that is to have these values.

        Raises:
            Refusal: as `of_image`; `field_does_not_fit`.
        """
        return self._keys(lambda name: self._factors[name][1].encode(values[name]))

    def _keys(self, factor: Callable[[str], bytes]) -> Keys:
        asked = tuple(
            KeyAsked(
                self._declaration.code, key.name, key.algorithm, b"".join(map(factor, key.factor))
            )
            for key in self._declaration.keys
        )
        last, keys = self._last
        if last == asked:
            return keys
        if self._holder is None:
            raise Refusal("layout_key_missing", layout=self._declaration.code, name=asked[0].name)
        keys = {one.name: self._holder.key_for(one) for one in asked}
        self._last = asked, keys
        return keys


def _known_without_key(place: Place) -> bool:
    marks = (one for one in place.block.fields if one.encoding is Encoding.MARK)
    clear = any(one.width for one in place.block.clear_checks)
    return clear or any(not place.block.hides(one.offset) for one in marks)


def _factor(name: str, who: Sequence[Place]) -> tuple[Place, Field]:
    """Where the bytes stand that make a key: whole, and in the clear."""
    every = [(place, field) for place in who for field in place.block.fields if field.name == name]
    ensure(bool(every), f"{name} makes a key: it is a field of the card")
    place, field = every[0]
    clear = field.bits is None and not place.block.hides(field.offset)
    ensure(clear, f"{name} makes a key: it stands in whole bytes, in the clear")
    return place, field


def _part(image: bytes, place: Place, field: Field) -> bytes:
    return place.bytes_in(image)[field.offset : field.offset + field.width]
