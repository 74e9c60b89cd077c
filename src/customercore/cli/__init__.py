"""The `customercore` command: it parses, calls the core, and prints. Needs the extra ``cli``."""
