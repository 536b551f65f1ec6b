"""Fixtures of the real stack for every integration test."""

from tests.kit.pcsc_fixtures import bench, card_service, card_slots

__all__ = ["bench", "card_service", "card_slots"]
