"""The rule book as tables that a bureau can read, change as a draft, and try on the past."""
