"""Speed, measured as a ratio against something a reader knows: ``python -m bench``."""
