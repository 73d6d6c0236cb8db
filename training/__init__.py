"""How the shipped models are made, from data to card: one command per step, each resumable."""
