"""TABLES OF CONTENTS: Prefect flows."""
