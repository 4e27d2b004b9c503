"""The demonstration's year: invented reports that come in and are decided as real ones are.

Nothing here writes a row: people of the demonstration send, verify, return and approve through
the services, on days of the past year. The same seed gives the same year.

`year` begins; `stories` are the lives of areas, with their `surveys` before and `months` of
clearance within; `tasks`, `sessions` and `casualties` tell the rest; `waiting` and `today` are
what stands in the queue. `answers`, `calls` and `persons` fill in forms.
"""
