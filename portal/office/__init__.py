"""Pages for the office: the day, the year, receiving, chasing, units and people."""
