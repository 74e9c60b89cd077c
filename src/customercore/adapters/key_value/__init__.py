"""Repositories, journal and unit of work for any store that keeps values by key: it brings a `View`."""
