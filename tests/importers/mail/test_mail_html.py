"""HTML as a person sees it: tables row by row, Outlook's paragraphs, what is struck out or hidden left away."""

from time import monotonic

import pytest

from refundkit.importers.mail.htmltext import to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            (
                "<table><tr><td><p class=MsoNormal>Line</p></td><td><p class=MsoNormal>Paid</p></td></tr>"
                "<tr><td><p class=MsoNormal>Labour</p></td><td><p class=MsoNormal>$ 90.00</p></td></tr></table>"
            ),
            "Line\tPaid\nLabour\t$ 90.00",
        ),
        (
            "<table><tr><td>Unit 4<br><small>two cables</small></td><td>$8.00</td></tr></table>",
            "Unit 4 two cables\t$8.00",
        ),
        (
            (
                "<table><tr><th></th><th>Paid</th><th>Right</th></tr><tr><td>Travel</td><td>9.00</td><td>4.00</td></tr>"
                "<tr><td colspan=2>Sum</td><td>4.00</td></tr></table>"
            ),
            "Paid\tRight\nTravel\t9.00\t4.00\nSum\t\t4.00",
        ),
        (
            "<blockquote><table><tr><td>A<br>B</td><td>1.00</td></tr></table></blockquote>after",
            "> A B\t1.00\n\nafter",
        ),
        ("<table><tr><td>one<tr><td>two<td>2", "one\ntwo\t2"),
    ],
)
def test_the_cells_of_a_row_stand_in_one_line(html, text):
    assert to_text(html) == text


def test_a_table_that_only_lays_out_a_page_parts_no_lines():
    page = "<table><tr><td><img></td><td><table><tr><td><p>Dear shop,</p><p>the bill is wrong.</p></td></tr></table></td></tr></table>"
    assert to_text(page) == "Dear shop,\n\nthe bill is wrong."


def test_a_long_cell_keeps_its_lines():
    words = "word " * 60
    assert to_text(f"<table><tr><td>Message</td><td>Hello,<br><br>{words}<br>Ann</td></tr></table>").split("\n") == [
        "Message\tHello,",
        "",
        words.strip(),
        "Ann",
    ]


def test_paragraphs_of_outlook_have_no_empty_line_between_them_unless_their_style_says_so():
    body = "<p class=MsoNormal>From: Ann</p><p class=MsoNormal>Sent: Monday</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>Hello</p>"
    assert to_text(body) == "From: Ann\nSent: Monday\n\nHello"
    assert to_text("<style>p.MsoNormal {margin:0;margin-bottom:8.0pt}</style>" + body).startswith("From: Ann\n\nSent")


@pytest.mark.parametrize(
    "html",
    [
        "We ask for <s>$90.00</s> $70.00.",
        "We ask for <strike>$90.00</strike> $70.00.",
        "We ask for <span style='text-decoration: line-through'>$90.00</span> $70.00.",
        "<div style='max-height:0px;overflow:hidden'>Save 90.00 today</div>We ask for $70.00.",
        "<span style='opacity:0'>90.00</span>We ask for $&#8203;70.00.",
    ],
)
def test_what_is_struck_out_or_hidden_is_not_read(html):
    assert to_text(html) == "We ask for $70.00."


def test_many_rows_in_each_other_take_no_long():
    began = monotonic()
    to_text("<table><tr><td>a</td><td>" * 10_000)
    to_text("<table>" + "<tr><td>a<td>b" * 20_000)
    assert monotonic() - began < 5


@pytest.mark.parametrize(
    "html",
    [
        "<dl><dt>Invoice</dt><dd>23371</dd><dt>Order</dt><dd>&mdash;</dd><dt>Told</dt><dd>paid twice</dd></dl>",
        "<dl><dt>Invoice<dd>23371<dt>Order<dd>&mdash;<dt>Told<dd>paid twice</dl>",
    ],
)
def test_a_term_and_what_it_stands_for_are_one_line(html):
    assert to_text(html) == "Invoice\t23371\nOrder\t\u2014\nTold\tpaid twice"
