"""The field declarations, bound to their kinds: what every store, file and form is made from."""
