"""Work left undone: the part of the labour that was not completed, and parts above those used."""

from __future__ import annotations

from refundkit.rules.eligibility.parts_used import parts_above_used
from refundkit.rules.facts import Facts, Given, Share
from refundkit.rules.wording import number


def give(facts: Facts) -> Given:
    """Labour by 1 - completion, parts as for a billing error; shares in line order."""
    order, invoice = facts.order, facts.invoice
    if order is None or invoice is None:
        return Given(["the service order or the invoice is unknown"], [])
    notes, shares = parts_above_used(invoice.lines, facts.dossier.parts)
    done = order.completion_pct
    if done is None:
        notes.insert(0, f"{order.service_order} has no completion on record")
    else:
        labour = [line for line in invoice.lines if line.kind == "labour"] if done < 100 else []
        if not labour:
            notes.insert(0, f"{order.service_order} is completed {number(done)} %")
        top, bottom = done.as_integer_ratio()
        words = f"completed {number(done)} %; {number(100 - done)} % back"
        shares += [Share(line, bottom * 100 - top, bottom * 100, words) for line in labour]
        shares.sort(key=lambda share: share.line.line_no)
    return Given(notes, shares)
