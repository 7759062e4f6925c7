"""Lets these tests share the small shop of tests/workflow, and the programs and readers of tests/exporters/journals."""

import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(Path(__file__).parent), str(TESTS / "workflow"), str(TESTS / "exporters" / "journals")]
