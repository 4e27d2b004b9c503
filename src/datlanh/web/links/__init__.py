"""Pages about links between records."""
