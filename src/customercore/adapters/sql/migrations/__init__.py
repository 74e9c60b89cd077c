"""Schema migrations, run by Alembic. One file a revision in ``versions``; a released one is never edited."""
