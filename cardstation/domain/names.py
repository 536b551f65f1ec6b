"""Names as people write them beside the name on file: whole, `孟先生`, `孟*思`, or another's."""

from __future__ import annotations

import re
import unicodedata

from cardstation.domain.doors import Likeness

_SPACES = re.compile(r"[\s·•.]")
_STARS = re.compile(r"[*×某XxＸ●○]")
_LONG = "先生|女士|小姐|太太|夫人|师傅|老师|同志|阿姨|叔叔|大爷|大妈|大娘|大哥|大姐|某某"
_SHORT = "生|哥|姐|总|家|氏|某"
_SURNAMES = (
    "欧阳|司马|上官|诸葛|夏侯|皇甫|尉迟|公孙|慕容|令狐|"
    "宇文|长孙|司徒|司空|端木|东方|独孤|南宫|呼延|."
)
_WHOLE = re.compile(rf"(?P<name>.{{2,}}?)(?:{_LONG})")
_SURNAME = re.compile(rf"(?P<surname>{_SURNAMES})(?:{_LONG}|{_SHORT}|[*×●○]+)")


def compare_names(written: str, filed: str) -> Likeness:
    """Compare a written name with the one on file.

    AGREES: the same name, a title after it or not. PARTLY: a title, and the surname agrees, or
    signs are masked. SILENT: nothing written. DIFFERS: anything else; two names in one cell are
    somebody else, and a whole name is never taken for a surname with a title.
    """
    said, known = _bare(written), _bare(filed)
    if not said:
        return Likeness.SILENT
    whole = _WHOLE.fullmatch(said)
    if known in (said, whole["name"] if whole else ""):
        return Likeness.AGREES
    titled = _SURNAME.fullmatch(said)
    if titled and known.startswith(titled["surname"]) and len(known) > len(titled["surname"]):
        return Likeness.PARTLY
    return Likeness.PARTLY if _is_masked(said, known) else Likeness.DIFFERS


def _bare(name: str) -> str:
    return _SPACES.sub("", unicodedata.normalize("NFKC", name))


def _is_masked(said: str, known: str) -> bool:
    """`孟*思` or `*远思`: at least one sign shows and every sign shown agrees."""
    if len(said) != len(known):
        return False
    shown = [a == b for a, b in zip(said, known, strict=True) if not _STARS.fullmatch(a)]
    return 0 < len(shown) < len(said) and all(shown)
