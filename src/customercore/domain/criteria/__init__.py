"""The query language: a tree (`tree`), Python's way to write it (`where`), and its JSON form (`json_form`)."""
