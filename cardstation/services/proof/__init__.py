"""The proofs behind `verify`: each compares two independent records and names what disagrees."""
