"""Tests of cardstation, by kind."""
