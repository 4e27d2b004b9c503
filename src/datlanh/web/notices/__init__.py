"""One's notices, and how one wants them."""
