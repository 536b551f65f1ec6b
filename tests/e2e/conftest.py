"""Every story gets a desk."""

from tests.kit.e2e_fixtures import desk

__all__ = ["desk"]
