"""ONE EFFECT EACH: Prefect tasks over the book."""
