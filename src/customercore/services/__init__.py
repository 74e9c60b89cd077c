"""The use cases: each opens a unit of work, calls the domain, saves and records what happened."""
