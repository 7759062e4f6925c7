"""The store: one SQLite file with the append-only ledger, its projections and the documents. The only SQL there is."""
