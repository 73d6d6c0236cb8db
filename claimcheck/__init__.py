"""Claims of a draft, checked against evidence."""
