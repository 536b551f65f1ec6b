"""How what the centre published comes into the station's records."""
