"""Many documents in one run: a report each, two tables, and a second run that only does what is left."""

from __future__ import annotations

from claimcheck.batch.forms import Forms
from claimcheck.batch.inputs import find_documents
from claimcheck.batch.run import Batch, Checked, Failed

__all__ = ["Batch", "Checked", "Failed", "Forms", "find_documents"]
