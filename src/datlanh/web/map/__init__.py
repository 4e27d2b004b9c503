"""The map of the register and its cards."""
