"""How sentences of evidence relate to claims: what a model judges, and what a rule reads off the words."""
