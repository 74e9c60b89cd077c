"""Frozen values and pure rules: no I/O, no clock, no randomness, no third-party import but attrs."""
