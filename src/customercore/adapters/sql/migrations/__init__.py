"""Schema migrations, run by Alembic. One file a revision in ``versions``; a released one is never edited.

MariaDB commits each change of a schema by itself. So that a migration which was cut off can be run
again, every step of it makes only what is not there: ``if_not_exists`` for tables and indexes.
"""
