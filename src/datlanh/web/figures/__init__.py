"""The first figures, each number leading to its records."""
