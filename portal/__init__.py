"""THE COUNTER: pages for units, the office and supervisors, and the API; works while Prefect is down."""
