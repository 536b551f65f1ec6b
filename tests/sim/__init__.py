"""The deterministic simulation: a whole utility, its network and its bad luck from one number."""
