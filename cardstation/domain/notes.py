"""Notes beside a list row: paid online already, harmless, or something a human must read."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Note(StrEnum):
    """What a note means for the money."""

    HARMLESS = "harmless"
    PREPAID = "prepaid"
    OPEN = "open"


_NOT = re.compile(r"[未没不尚待别勿欠退]|取消|重新|再")
_PREPAID = re.compile(
    r"圈存|写卡|预[付存购]|"
    r"(?:网上|线上|在线|网厅|掌厅|手机|微信|支付宝|公众号|小程序|APP|银行|自助|提前|已经?|己)"
    r"[^\d]{0,6}?(?:[缴交付充购买]|支付)|"
    r"[缴交付充购买](?:费|款|钱|气|值)?(?:了|过|完|好|讫|清)"
)
_HARMLESS = re.compile(
    r"(?:加急|急|请?尽快|现金|业主本人|本人|业主|租户|老人|独居老人|已签字|签字|收卡|已收卡|卡已收|"
    r"谢谢|居民|民用|正常|无|联系电话|电话|手机|1[3-9]\d{9}|[-/,，。.;；:：、!！\s])*"
)


def read_note(text: str) -> Note:
    """Say what a note means; an unknown note is open, because it may change the amount."""
    bare = unicodedata.normalize("NFKC", text).strip().upper()
    if _HARMLESS.fullmatch(bare):
        return Note.HARMLESS
    if _PREPAID.search(bare) and not _NOT.search(bare):
        return Note.PREPAID
    return Note.OPEN
