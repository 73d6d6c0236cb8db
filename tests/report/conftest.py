"""The one realistic report that the tests of all formats share."""

import pytest
from peru import peru_report

from claimcheck.types import Report


@pytest.fixture(scope="session")
def report() -> Report:
    return peru_report()
