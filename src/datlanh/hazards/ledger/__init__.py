"""The ledger of areas and releases: kept through both times, computed from versions alone."""
