"""Lets the tests of the rules share their made-up dossiers."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
