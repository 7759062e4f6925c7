"""What the formats of banks mean: signs, returns, batches, charges, changes of account, statuses of orders."""

import pytest

from refundkit.errors import InputError, UsageError
from refundkit.model.statements import Said, UnreadLine

PRESET = """
system = "Small Bank"
export = "movements"
key = ["Day", "Text", "Sum"]
[list]
dates = "dmy"
[statement]
on = "Day"
amount = "Sum"
currency = { always = "NOK" }
references = ["Text"]
text = "Text"
"""


def entry(details, amount="100.00", way="DBIT", more=""):
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Ntry>'
        f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>{more}<Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>2026-11-13</Dt></BookgDt><NtryDtls>{details}</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
    ).encode()


def tx(amount="", ref="E", way="DBIT", more="", currency="EUR"):
    money = f'<Amt Ccy="{currency}">{amount}</Amt>' if amount else ""
    return f"<TxDtls><Refs><EndToEndId>{ref}</EndToEndId></Refs>{money}<CdtDbtInd>{way}</CdtDbtInd>{more}</TxDtls>"


CHARGE = '<Chrgs><Rcrd><Amt Ccy="EUR">{}</Amt><CdtDbtInd>{}</CdtDbtInd></Rcrd></Chrgs>'


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (entry(""), [(-10000, 0, Said.BOOKED)]),
        (entry("", way="CRDT"), [(10000, 0, Said.BOOKED)]),
        (entry("", way="CRDT", more="<RvslInd>true</RvslInd>"), [(10000, 0, Said.RETURNED)]),
        (entry("", more="<RvslInd>true</RvslInd>"), [(-10000, 0, Said.BOOKED)]),
        (entry(tx("100.00", more="<RtrInf><Rsn><Cd>MD06</Cd></Rsn></RtrInf>")), [(-10000, 0, Said.BOOKED)]),
        (entry(tx("97.00", more=CHARGE.format("3.00", "DBIT"))), [(-9700, 300, Said.BOOKED)]),
        (entry(tx("100.00", more=CHARGE.format("3.00", "DBIT"))), [(-10000, 0, Said.BOOKED)]),
        (entry(tx("102.00", more=CHARGE.format("2.00", "CRDT"))), [(-10200, -200, Said.BOOKED)]),
        (entry(tx("55.00")), [(-10000, 0, Said.BOOKED)]),
        (entry(tx("60.00", "A") + tx("40.00", "B")), [(-6000, 0, Said.BOOKED), (-4000, 0, Said.BOOKED)]),
        (entry(tx("150.00", "A") + tx("50.00", "B", "CRDT")), [(-15000, 0, Said.BOOKED), (5000, 0, Said.BOOKED)]),
        (entry(tx("", "A") + tx("", "B")), [(-10000, 0, Said.BOOKED)]),
        (entry(tx("90.00", currency="USD")), [(-10000, 0, Said.BOOKED)]),
    ],
)
def test_an_entry_says_how_much_moved_which_way(read, file, expected):
    assert [(line.amount, line.charges, line.said) for line in read(file)] == expected


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (entry(tx("60.00") + tx("60.00")), "is a batch whose transactions do not add up to what was booked"),
        (entry("", way="X"), "does not say as DBIT or CRDT whether money went out or came in"),
        (entry("", amount="-1.00"), "does not say as DBIT or CRDT whether money went out or came in"),
        (entry("", amount="1.001"), "'1.001' has more than 2 decimals for EUR"),
        (entry("").replace(b"EUR", b"ZZZ"), "'ZZZ' is no currency code like USD"),
        (entry("").replace(b"BOOK<", b"GONE<"), "has the status 'GONE', which is not known"),
        (entry("").replace(b"<Dt>2026-11-13</Dt>", b""), "has neither a booking date nor a value date"),
        (entry("").replace(b"2026-11-13", b"2026-13-13"), "'2026-13-13' is not a date"),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_read_is_kept_with_the_reason(read, file, problem):
    [line] = read(file)
    assert isinstance(line, UnreadLine)
    assert line.problem == problem


def test_a_batch_of_which_only_the_sum_is_told_names_all_its_payments(read):
    [line] = read(entry(tx("", "RP-1-000001") + tx("", "RP-1-000002")))
    assert line.references == ("RP-1-000001", "RP-1-000002")


def test_a_payment_file_is_no_return_file(read):
    outgoing = (
        "101 021000021 1234567892611161005A094101BANK                   COMPANY                        \n"
        "5220COMPANY                             1234567890PPDREFUND          261117   1021000020000001\n"
        "6220910000195555             0000007500RP-1-000040    ERIKA MUSTERMANN        0021000020000001\n"
    ).splitlines()
    outgoing = [line.ljust(94)[:94] for line in outgoing]
    count = "9000001000001" + "00000001" + "0" * 34 + " " * 39
    with pytest.raises(InputError, match="an ACH file in which nothing came back"):
        read("\n".join([*outgoing, count]).encode())


def test_a_return_file_whose_count_is_wrong_is_refused(read):
    with pytest.raises(InputError, match="is damaged: its last record counts '7' entries, there are 0"):
        read(
            (
                "101 021000021 1234567892611161005A094101".ljust(94) + "\n" + "9000001000001" + "00000007" + "0" * 73
            ).encode()
        )


def test_what_the_payees_account_must_be_is_in_no_repr_and_no_text(read):
    header = "101 021000021 1234567892611161005A094101".ljust(94)
    batch = ("5220" + "COMPANY".ljust(36) + " 123456789CORREFUND          261116" + "320" + "1021000020000001").ljust(
        94
    )
    one = (
        "621091000019"
        + "5550001".ljust(17)
        + "0" * 10
        + "RP-1-000043".ljust(15)
        + "ANN".ljust(22)
        + "  1"
        + "091000010000011"
    )
    change = "798C01" + "021000020000003" + " " * 6 + "09100001" + "5550002".ljust(29) + " " * 15 + "091000010000011"
    end = "9000001000001" + "00000002" + "0" * 34 + " " * 39
    [line] = read(f"{header}\n{batch}\n{one}\n{change}\n{end}".encode())
    assert (line.said, line.corrected, line.amount) == (Said.NOTICE, "5550002", 0)
    assert "555000" not in repr(line)


def test_a_person_can_teach_a_bank(read, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "small-bank.toml").write_text(PRESET, encoding="utf-8")
    [line] = read(b"Day;Text;Sum\n03/04/2026;RP-1-000001;-5,00\n", own=own)
    assert (line.on.isoformat(), line.amount, line.currency, line.references) == (
        "2026-04-03",
        -500,
        "NOK",
        ("RP-1-000001",),
    )


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('amount = "Sum"', "", "needs 'amount', or both 'debit' and 'credit'"),
        ('on = "Day"', "", "statement.on is missing"),
        ('text = "Text"', 'text = "Text"\nmemo = "x"', "statement.memo means nothing here"),
        ('export = "movements"', 'export = "movements"\nshape = ["("]', "is no regular expression"),
        ('export = "movements"', 'export = "movements"\nshape = ["x"]', "'columns' and 'shape' go together"),
        ('export = "movements"', 'export = "movements"\nnothing = "x"', "takes neither requests nor records"),
        (
            'text = "Text"',
            'text = "Text"\n[[statement.says]]\nis = "gone"\nwhen = { "Sum" = "filled" }',
            "statement.says.1.is",
        ),
    ],
)
def test_a_preset_that_cannot_be_is_refused_with_its_line(read, tmp_path, before, after, problem):
    (tmp_path / "small-bank.toml").write_text(PRESET.replace(before, after), encoding="utf-8")
    with pytest.raises(UsageError) as err:
        read(b"Day;Text;Sum\n", own=tmp_path)
    assert problem in err.value.message
    assert "line" in err.value.message


def test_two_presets_that_fit_equally_are_both_named(read, tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(PRESET.replace("Small", name), encoding="utf-8")
    with pytest.raises(InputError, match="fits several presets equally well: a Bank - movements, b Bank - movements"):
        read(b"Day;Text;Sum\n03/04/2026;x;-5,00\n", own=tmp_path)


def test_a_day_that_can_be_read_in_two_ways_is_asked_for(read):
    file = b"Date,Description,Amount,Currency\n03/04/2026,x,-5.00,EUR\n"
    with pytest.raises(InputError, match="day first or month first, as '03/04/2026'"):
        read(file)
    assert [line.on.isoformat() for order in ("dmy", "mdy") for line in read(file, order=order)] == [
        "2026-04-03",
        "2026-03-04",
    ]


def test_a_list_that_names_no_currency_takes_the_accounts(read):
    file = b"Date,Description,Amount\n2026-11-13,x,-5.00\n"
    [line] = read(file)
    assert "in no currency" in line.problem
    [line] = read(file, currency="CHF")
    assert (line.amount, line.currency) == (-500, "CHF")
    assert read.notes == ["took CHF, the books' currency, where the list names none"]


def test_an_unknown_file_hears_what_is_known(read):
    with pytest.raises(InputError) as err:
        read(b"a;b\n1;2\n")
    assert "camt.053" in err.value.hint
    assert "OFX" in err.value.hint
    assert "Chase" in err.value.hint
