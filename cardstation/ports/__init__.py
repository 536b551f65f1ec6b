"""What the station needs from the world: small Protocols; they are also where sweeps cut."""
