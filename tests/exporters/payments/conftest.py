"""A shop with a bank on each side of the ocean, and a few payments whose names bite."""

import importlib.util
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from refundkit.exporters.payments.contract import PaymentContext
from refundkit.model.policy_payments import Ach, Payments, Sepa

sys.path.insert(0, str(Path(__file__).parent))
CHECKS = next((p / "shared/tools/checks" for p in Path(__file__).parents if (p / "shared/tools/checks").is_dir()), None)


@pytest.fixture(scope="session")
def settings():
    ach = Ach(
        destination="091000019",
        destination_name="First Bank",
        origin="1123456789",
        origin_name="Acme Field Service",
        odfi="091000019",
        company_id="1123456789",
        company_name="Acme Field Svc",
    )
    sepa = Sepa(name="Acme Wartung & Söhne GmbH", iban="DE89370400440532013000", bic="COBADEFFXXX")
    return Payments(ach=ach, sepa=sepa)


@pytest.fixture(scope="session")
def context(settings):
    """A batch made on Wednesday, 25 November 2026: the next day is Thanksgiving."""
    return PaymentContext(
        batch="P-000007",
        company="Acme Field Service",
        created=datetime(2026, 11, 25, 9, 30, tzinfo=UTC),
        today=date(2026, 11, 25),
        settings=settings,
    )


@pytest.fixture(scope="session")
def second_opinion():
    """`second_opinion(name)`: a check of the collection beside the repository, as a module; skips where there is none."""

    def load(name):
        if CHECKS is None:
            pytest.skip("shared/tools/checks, the independent checks of bank files, is not here")
        if name == "pain_check":
            pytest.importorskip("lxml", reason="lxml, which the independent check of pain.001 needs, is not installed")
        spec = importlib.util.spec_from_file_location(f"checks_{name}", CHECKS / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load
