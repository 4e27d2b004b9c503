"""Pages of the ledger: the province's, and an area's."""
