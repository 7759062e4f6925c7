"""What stands where in a NACHA file, judged by a reader that shares nothing with the writer, and by two others."""

import random
from dataclasses import replace
from datetime import date

import ach_file
import payment_samples as samples
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from refundkit.exporters.payments import registry
from refundkit.model.payments import Payee

EXPORTER = registry.load("ach")


def write(payments, context):
    ((suffix, content),) = EXPORTER.write(payments, context)
    assert suffix == ".ach"
    return content


def with_ach(context, **change):
    return replace(
        context, settings=context.settings.model_copy(update={"ach": context.settings.ach.model_copy(update=change)})
    )


def test_the_file_is_the_one_that_was_read_and_approved(golden, context):
    golden("payments/P-000007.ach", write(samples.american(), context).decode("ascii"))


def test_every_payment_can_be_read_back(context):
    reading = ach_file.Reading(write(samples.american(), context))
    assert reading.faults == []
    by_id = {paid[4]: paid for paid in reading.paid}
    for payment in samples.american():
        paid = by_id[payment.case.replace("-", "")]
        payee = payment.payee
        assert tuple(paid[:4]) == (
            "32" if payee.savings else "22",
            payee.routing,
            payee.account.replace(" ", ""),
            payment.amount,
        )
        assert paid[7] == f"REFUND {payment.case} CREDIT MEMO {payment.settles} INVOICE {payment.invoice}"
        assert paid[8] == ("CCD" if payee.business else "PPD")


def test_names_are_written_as_banks_write_them_and_cut_at_22(context):
    names = [paid[5] for paid in ach_file.Reading(write(samples.american(), context)).paid]
    assert names == ["O'NEIL HEATING, INC.", "ALICE BAKER", "MULLER & SOHNE GRUNDST", "JOSE ALVAREZ"]


def test_money_arrives_on_days_on_which_banks_work(context):
    """Made the day before Thanksgiving: not that day, not the same day; Christmas Eve is a bank's day."""
    days = {paid[9] for paid in ach_file.Reading(write(samples.american(), context)).paid}
    assert days == {"261127", "261224"}
    later = [replace(p, on=date(2026, 12, 25)) for p in samples.american()]
    assert {paid[9] for paid in ach_file.Reading(write(later, context)).paid} == {"261228"}


def test_a_same_day_file_is_effective_on_its_own_day(context):
    payments = [p for p in samples.american() if p.amount <= 100_000_000]
    reading = ach_file.Reading(write(payments, with_ach(context, same_day=True)))
    assert (reading.faults, {paid[9] for paid in reading.paid}) == ([], {"261125"})


def test_the_order_in_which_payments_come_changes_no_byte(context):
    payments = samples.american()
    assert write(random.Random(3).sample(payments, 4), context) == write(payments, context)


def test_each_file_of_a_day_has_its_own_letter(context):
    heads = [write(samples.american(), replace(context, modifier=n)).splitlines()[0][33:34] for n in (0, 25, 26, 35)]
    assert heads == [b"A", b"Z", b"0", b"9"]


def test_line_ends_are_what_the_bank_wants(context):
    lf, crlf = write(samples.american(), context), write(samples.american(), with_ach(context, line_ends="crlf"))
    assert b"\r" not in lf
    assert crlf == lf.replace(b"\n", b"\r\n")


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 8, 130])
def test_blocks_are_whole_however_many_payments_there_are(count, context):
    payee = Payee("Alice", routing="091000019", account="1")
    content = write([samples.payment(n, n, payee) for n in range(1, count + 1)], context)
    assert ach_file.Reading(content).faults == []
    assert len(content.splitlines()) == -(-(4 + 2 * count) // 10) * 10


def test_a_hash_of_more_than_ten_digits_keeps_its_last_ten(context):
    payee = Payee("Alice", routing="322271627", account="1")
    content = write([samples.payment(n, 1, payee) for n in range(1, 501)], context)
    assert 500 * 32227162 > 10**10
    reading = ach_file.Reading(content)
    assert (reading.faults, len(reading.paid)) == ([], 500)


def test_an_invoice_number_gives_way_where_there_is_no_room_for_it(context):
    for invoice in ("I" * 60, "發票-1", ""):
        payment = replace(samples.american()[0], invoice=invoice)
        (paid,) = ach_file.Reading(write([payment], context)).paid
        assert paid[7] == f"REFUND {payment.case} CREDIT MEMO {payment.settles}"


def _sound(payments, context, opinion):
    content = write(payments, context)
    reading = ach_file.Reading(content)
    assert reading.faults == []
    assert sum(paid[3] for paid in reading.paid) == sum(p.amount for p in payments)
    assert opinion.check(content) == []


@hypothesis_settings(max_examples=25, deadline=None)
@given(payments=samples.AMERICAN_BATCHES)
def test_random_batches_are_sound(payments, context, second_opinion):
    _sound(payments, context, second_opinion("nacha_check"))


@pytest.mark.slow
@hypothesis_settings(max_examples=500, deadline=None)
@given(payments=samples.AMERICAN_BATCHES)
def test_500_random_batches_are_sound_to_three_readers(payments, context, second_opinion):
    achkit = pytest.importorskip("achkit", reason="achkit is not installed")
    _sound(payments, context, second_opinion("nacha_check"))
    assert achkit.validate(write(payments, context).decode("ascii"))["ok"]


def test_achkit_reads_the_same_payments(context):
    achkit = pytest.importorskip("achkit", reason="achkit is not installed")
    content = write(samples.american(), context).decode("ascii")
    assert achkit.validate(content)["ok"]
    assert not achkit.validate(put(content.encode(), FIRST, 30, 39, "0000000002").decode())["ok"]


def put(content, line, start, stop, text):
    """`text` in positions start to stop (from 1, both included) of one line."""
    lines = content.decode().split("\n")
    lines[line] = lines[line][: start - 1] + text.ljust(stop - start + 1) + lines[line][stop:]
    return "\n".join(lines).encode("latin-1")


HEADER, FIRST, ADDENDA, CONTROL, SECOND_HEADER, SECOND, END = 1, 2, 3, 4, 5, 8, 15
FAULTS = {
    "batch hash": (CONTROL, 11, 20, "0000000001"),
    "batch total": (CONTROL, 33, 44, "000000000002"),
    "batch count": (CONTROL, 5, 10, "000003"),
    "file hash": (END, 22, 31, "0000000001"),
    "file total": (END, 44, 55, "000000000001"),
    "file count": (END, 14, 21, "00000001"),
    "batches": (END, 2, 7, "000002"),
    "block count": (END, 8, 13, "000009"),
    "check digit": (FIRST, 12, 12, "8"),
    "another bank": (FIRST, 4, 12, "000000000"),
    "one cent more": (FIRST, 30, 39, "0000000002"),
    "zero amount": (FIRST, 30, 39, "0" * 10),
    "debits only": (HEADER, 2, 4, "225"),
    "mixed": (HEADER, 2, 4, "200"),
    "a debit": (FIRST, 2, 3, "27"),
    "addenda not announced": (FIRST, 79, 79, "0"),
    "trace not rising": (SECOND, 88, 94, "0000001"),
    "trace of another bank": (FIRST, 80, 87, "06100001"),
    "lower-case class": (HEADER, 51, 53, "ccd"),
    "unknown class": (HEADER, 51, 53, "ZZZ"),
    "blank name": (FIRST, 55, 76, ""),
    "blank account": (FIRST, 13, 29, ""),
    "blank id": (FIRST, 40, 54, ""),
    "accents": (FIRST, 55, 76, "JOSÉ"),
    "lower-case name": (FIRST, 55, 76, "Alice"),
    "impossible day": (HEADER, 70, 75, "261332"),
    "Thanksgiving": (HEADER, 70, 75, "261126"),
    "Saturday": (HEADER, 70, 75, "261128"),
    "no day": (HEADER, 70, 75, ""),
    "no description": (HEADER, 54, 63, ""),
    "PAYROLL": (HEADER, 54, 63, "PAYROLL"),
    "PURCHASE": (HEADER, 54, 63, "PURCHASE"),
    "REVERSAL": (HEADER, 54, 63, "REVERSAL"),
    "no company": (HEADER, 5, 20, ""),
    "no company id": (HEADER, 41, 50, ""),
    "another company in the control": (CONTROL, 45, 54, "9999999999"),
    "another bank in the control": (CONTROL, 80, 87, "06100001"),
    "batch number": (SECOND_HEADER, 88, 94, "0000001"),
    "destination": (0, 5, 13, "091000018"),
    "lower-case modifier": (0, 34, 34, "a"),
    "record size": (0, 35, 37, "095"),
    "impossible time": (0, 30, 33, "2561"),
    "addenda sequence": (ADDENDA, 84, 87, "0002"),
    "addenda of another entry": (ADDENDA, 88, 94, "0000009"),
    "addenda type": (ADDENDA, 2, 3, "99"),
    "id twice": (SECOND, 40, 54, samples.american()[0].case.replace("-", "")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_in_the_file_is_noticed(fault, context):
    content = write(samples.american(), context)
    broken = put(content, *FAULTS[fault])
    assert broken != content
    assert ach_file.Reading(broken).faults


def test_lines_that_are_missing_or_too_many_are_noticed(context):
    content = write(samples.american(), context)
    lines = content.split(b"\n")
    for broken in (
        content.replace(b"\n", b""),
        b"\n".join(lines[:16]) + b"\n",
        b"\n".join(lines[:-2]) + b"\n",
        content + b"9" * 94 + b"\n",
        content + (b"9" * 94 + b"\n") * 10,
        b"\n".join([lines[0][:-1], *lines[1:]]),
        b"\n".join([*lines[:3], *lines[4:]]),
        b"\n".join([*lines[:15], *lines[16:]]),
    ):
        assert ach_file.Reading(broken).faults


def test_the_faults_of_the_collection_are_noticed_too(second_opinion):
    tried = list(second_opinion("selftest").mutants("nacha"))
    good = second_opinion("selftest").GOOD / "good.ach"
    assert len(tried) > 30
    assert second_opinion("nacha_check").check(good.read_bytes()) == []
    assert [fault for fault, _, raw in tried if not ach_file.Reading(raw).faults] == []
