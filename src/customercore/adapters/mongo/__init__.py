"""The store on MongoDB: a replica set, one document a record, transactions across documents."""
