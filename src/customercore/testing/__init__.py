"""For authors of adapters: the conformance suite that every store passes, and its sample records.

An author subclasses `suite.StoreConformance`, gives it a fixture ``make_store``, and runs pytest.
"""
