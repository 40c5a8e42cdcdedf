"""Pages for a unit: opened by a link, no password."""
