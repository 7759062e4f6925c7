"""Lets the tests of the fold share their stories."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
