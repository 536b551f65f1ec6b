"""Widgets that more than one screen or the shell uses; they know values, never a service."""
