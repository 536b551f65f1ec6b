"""Feeds: prices, blocked cards and households for the stations, signed and numbered."""
