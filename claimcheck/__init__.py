"""Claims of a draft, checked against evidence."""

__version__ = "0.1.0"
