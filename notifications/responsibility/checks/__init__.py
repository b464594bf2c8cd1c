"""Is the shape of the rule book's sections of responsibility right, each in its own file."""
