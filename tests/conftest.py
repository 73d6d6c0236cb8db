"""Settings that all tests share."""

import os

from hypothesis import settings

# A gate that fails by chance is not believed: it draws the same examples every time, people draw new ones.
settings.register_profile("gate", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("gate")
