"""What the fuzzer aims at, for tests."""

import importlib.util
from pathlib import Path

import pytest


def loaded(name: str):
    spec = importlib.util.spec_from_file_location(f"fuzz_{name}", Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TARGETS = loaded("targets")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "known" in metafunc.fixturenames:
        found = sorted(Path(__file__).with_name("found").glob("*/*"))
        known = {f"{path.parent.name}-{path.name}": (path.parent.name, path.read_bytes()) for path in found}
        for target in TARGETS.TARGETS:
            known |= {f"{target}-seed-{n}": (target, data) for n, data in enumerate(TARGETS.seeds(target))}
        metafunc.parametrize("known", known.values(), ids=known)


@pytest.fixture(scope="session")
def targets():
    return TARGETS
