"""Tools that keep nothing."""
