"""The quality of the data: rules and their settings, the work list, the sheet to collate."""
