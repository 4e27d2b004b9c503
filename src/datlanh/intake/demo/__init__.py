"""The demonstration's year: invented reports that come in and are decided as real ones are.

Nothing here writes a row: people of the demonstration send, verify, return and approve through
the services, on days of the past year. The same seed gives the same year.
"""
