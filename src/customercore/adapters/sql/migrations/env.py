"""What Alembic runs: the migrations on the connection, and in the transaction, that `schema.upgrade` holds."""

from __future__ import annotations

from alembic import context

from customercore.adapters.sql.schema import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
context.run_migrations()
