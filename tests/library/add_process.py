"""Adds a folder to a library with the tiny embedder, one line for each event: the process that the tests kill.

After so many lines it waits to be killed, while its other thread goes on writing what is under way.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from tiny import TinyEmbedder

from claimcheck.library import ingest
from claimcheck.library.library import Library

if __name__ == "__main__":
    library, folder, group, wait_after = sys.argv[1:]
    ingest.GROUP = int(group)
    ingest.INDEX_EVERY = 2 * int(group)
    with Library.open(Path(library), TinyEmbedder(), create=True) as opened:
        for lines, event in enumerate(opened.add([folder]), start=1):
            sys.stdout.write(f"{type(event).__name__} {event.source}\n")
            sys.stdout.flush()
            if lines == int(wait_after):
                sys.stdin.read()
