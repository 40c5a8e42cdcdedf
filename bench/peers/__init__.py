"""Others at the same job as duban; each script runs with the libraries of the list that bears its name."""
