"""A message that was put on a case is kept as it came, and the ledger verifies with it."""

from __future__ import annotations

from refundkit.model.requests import Draft, Ignored, NoRequest, Original
from refundkit.workflow import intake, verifying
from refundkit.workflow.kinship import OnDuplicate


def test_the_document_of_a_note_is_known_to_the_ledger(shop) -> None:
    asks = Draft(
        "a.eml", None, "email", customer_email="c1@example.org", invoice="INV-1", reason="goodwill", message_id="<a@x>",
        words="Refund", original=Original("a.eml", "message/rfc822", b"please"),
    )  # fmt: skip
    presses = Ignored(
        "b.eml", None, "asks how it stands", "Re: Refund", "<b@x>", Original("b.eml", "message/rfc822", b"any news?"),
        NoRequest.CHASER, customer_email="c1@example.org", invoice="INV-1", thread=("<a@x>",),
    )  # fmt: skip
    with shop.open("carl") as opened:
        report = intake.Report()
        with opened.write() as pen:
            taking = intake.Intake(opened, pen, report, keep_lines=True, on_duplicate=OnDuplicate.REVIEW, choices={})
            taking.file("mails", "mails", iter([asks, presses]))
        assert report.noted == 1
        assert verifying.verify(opened).problems == []
