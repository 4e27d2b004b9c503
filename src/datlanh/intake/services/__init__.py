"""Every write of intake, split by noun: forms, receiving, checking, reviewing, deciding."""
