"""One's own sessions, and the accounts that somebody administers."""
