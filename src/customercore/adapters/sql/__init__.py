"""The SQL stores, on SQLAlchemy Core: one adapter, and one file for each dialect."""
