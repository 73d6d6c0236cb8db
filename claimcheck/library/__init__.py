"""The evidence library: catalogue and full text in SQLite, vectors in Chroma, one folder."""
