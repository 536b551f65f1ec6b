"""The long proofs of `./dev soak`: what CI runs a share of, in full."""
