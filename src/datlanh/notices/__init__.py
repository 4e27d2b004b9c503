"""Telling people what concerns them: on their pages and by e-mail, each thing once."""
