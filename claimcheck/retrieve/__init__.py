"""From a claim to the passages of the library that bear on it."""
