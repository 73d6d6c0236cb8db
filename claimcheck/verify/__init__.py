"""How sentences of evidence relate to a claim."""
