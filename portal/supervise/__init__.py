"""Pages for supervisors: what is overdue, completeness and timeliness, the whole story of an obligation."""
