"""Makers' closed libraries: each in a process of its own, behind the station's own card ports."""
