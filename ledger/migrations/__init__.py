"""The steps by which a book came to its present shape."""
