"""Keeps and reads replies in a folder, as one of several processes: python keep_process.py FOLDER NAME COUNT."""

import sys
from pathlib import Path

from claimcheck.llm.kept import KeptReplies

folder, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
kept = KeptReplies(folder)
for number in range(count):
    kept.keep(f"shared-{number}", f"reply {number}")
    kept.keep(f"{name}-{number}", f"reply of {name}")
    assert kept.get(f"shared-{number}") == f"reply {number}"
kept.close()
