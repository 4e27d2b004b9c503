"""Forms in the browser: an app of its own below /fill/, which works without a line."""
