"""What the core needs of the world, as Protocols only: one role a file."""
