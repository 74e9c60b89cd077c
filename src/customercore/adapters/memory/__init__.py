"""The store in memory: the promises of its SQL sibling, kept for as long as the process lives.

It is no mock: units of work see snapshots, conflicts are conflicts, unique keys hold (ruling 39).
Nothing outlives the process, and nothing is shared with another one.
"""
