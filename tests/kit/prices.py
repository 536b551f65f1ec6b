"""The demo's price lists as values, without reading the file."""

from __future__ import annotations

from datetime import date

from cardstation.domain.tariff import HouseholdSize, Tariff, Tier
from cardstation.domain.volume import Volume

LARGE = HouseholdSize(
    from_persons=5,
    extra_per_person=Volume.of_m3("60"),
    cap=Volume.of_m3("180"),
    choice_from=8,
    flat_factor_e4=11_000,
)
RESIDENTIAL = Tariff(
    "residential",
    date(2026, 1, 1),
    (
        Tier(Volume.of_m3("390"), 28_000),
        Tier(Volume.of_m3("600"), 33_600),
        Tier(None, 42_000),
    ),
    LARGE,
)
RESIDENTIAL_2027 = Tariff(
    "residential",
    date(2027, 1, 1),
    (
        Tier(Volume.of_m3("390"), 30_200),
        Tier(Volume.of_m3("600"), 36_200),
        Tier(None, 45_300),
    ),
    LARGE,
)
SMALL_BUSINESS = Tariff("small-business", date(2026, 1, 1), (Tier(None, 39_500),), None)
CUBIC_METRE = Volume.of_m3("1")
