from __future__ import annotations

import pytest

from claimcheck.extract.local import LocalExtractor
from claimcheck.models import load_embedder
from claimcheck.settings import load_settings


@pytest.fixture(scope="session")
def extractor() -> LocalExtractor:
    return LocalExtractor(load_embedder(load_settings(threads=1)))
