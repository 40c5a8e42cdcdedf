"""THE BOOK: tables, sessions, queries and the journal."""
