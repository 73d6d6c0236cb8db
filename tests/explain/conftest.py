import pytest

from claimcheck.explain.backing import VerifierBacking, local_backing
from claimcheck.settings import Settings


@pytest.fixture(scope="package")
def backing() -> VerifierBacking:
    """The shipped verifier, as it holds a language model's words against evidence."""
    return local_backing(Settings())
