"""Mails that a machine sends for somebody: whose words they are, what is asked, and what is none of the customer's."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from refundkit.importers.extract.shop import ShopWords
from refundkit.importers.mail import reader
from refundkit.importers.mail.machines import is_machine
from refundkit.model.requests import Draft, Ignored

SHOP = ShopWords("USD", ZoneInfo("America/Chicago"), ("shop.test",))
ASK = "Please refund $45.00 for INV-20001, nobody came.\n"


def read(body, **headers):
    given = {
        "From": "Ann Lee <ann@customer.test>",
        "To": "hello@shop.test",
        "Date": "Mon, 05 Jan 2026 10:00:00 +0100",
        "Subject": "visit",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    data = ("".join(f"{k}: {v}\n" for k, v in given.items() if v) + "\n" + body).encode()
    return list(reader.read_mail("a.eml", data, "eml", SHOP))


def draft(body, **headers):
    (found,) = read(body, **headers)
    assert isinstance(found, Draft), found
    return found


@pytest.mark.parametrize(
    "address",
    [
        "noreply@x.test", "do-not-reply@x.test", "notifications+7f3@x.test", "voicemail@x.test", "+15555550101@x.test",
        "5550101234@gate.test", "support@acme.zendesk.com", "it@acme.service-now.com", "reply+a8@x.test", "wf-batch@x.test", "dse@eu.docusign.net",
        "sms@x.test", "ne-pas-repondre@x.test", "a1b2c3d4e5f6a7b8c9@relay.test",
    ],
)  # fmt: skip
def test_a_machine_is_known_by_its_address(address):
    assert is_machine(address)


@pytest.mark.parametrize(
    "address",
    [
        "ann@x.test",
        "accounts@x.test",
        "info@x.test",
        "support@x.test",
        "bob1987@x.test",
        "chatterley@x.test",
        "smsmith@x.test",
    ],
)
def test_a_person_or_an_office_is_none(address):
    assert not is_machine(address)


@pytest.mark.parametrize(
    ("headers", "body", "email"),
    [
        ({"From": "Acme Help <support@acme.zendesk.com>", "Subject": "[Acme] New ticket #311"},
         f"##- Please type your reply above this line -##\n\nRequester: Joan Reeve <joan@reeve.test>\n\n{ASK}", "joan@reeve.test"),
        ({"From": "Joan Reeve via Signwell <mail@signwell.test>", "Reply_To": "joan@reeve.test", "Subject": "Declined: job sheet"},
         f"Joan Reeve declined to sign.\n\nReason given:\n{ASK}", "joan@reeve.test"),
        ({"From": "Hub Robot <robot@hub.test>", "Reply_To": "thread+91ab77@hub.test", "Subject": "New response"},
         f"Somebody left feedback.\n\n{ASK}", ""),
        ({"From": "Joan (Helpdesk) <tickets@reeve.test>", "Subject": "(FIN-12) credit wanted"},
         f"Reply above this line.\n\nReporter: Joan Reeve (joan@reeve.test)\n\n{ASK}", "joan@reeve.test"),
        ({"From": "Voice Box <voicemail@phones.test>", "Subject": "New voice message from (555) 555-0142 (0:31)"},
         f'From: (555) 555-0142\nDuration: 0:31\n\n"{ASK.strip()}"\n', ""),
        ({"From": "15555550142 <15555550142@gate.test>", "Subject": "SMS from 1 (555) 555-0142"}, ASK, ""),
        ({"From": "Faxdesk <inbound@efax.example.com>", "Subject": "Fax received - 1 page"},
         f"You have received a 1 page fax.\n\n{ASK}\nJ. Reeve\nj.reeve@reeve.test\n", "j.reeve@reeve.test"),
        ({"From": "Night Owl Answering <messages@nightowl.test>", "Subject": "Message for Shop - Mrs Reeve"},
         f"CALLER: Mrs Reeve\nEMAIL: joan@reeve.test\nMESSAGE TAKEN 24/07/2026 17:41 BY: Jo\nMESSAGE: {ASK}", "joan@reeve.test"),
        ({"From": "accounts-robot@reeve.test", "Subject": "Claim 5512"},
         f"*** SYSTEM GENERATED - QUERIES TO ledger@reeve.test ***\n\n{ASK}", "ledger@reeve.test"),
        ({"From": "Portal <noreply@portal.test>", "Subject": "Reklamation"},
         "Wir bitten um Gutschrift von 45,00 EUR, niemand kam.\nSachbearbeiter: J. Thal, thal@reeve.test\n", "thal@reeve.test"),
        ({"From": "Formulaire <formulaire@site.test>", "Subject": "Nouveau message"},
         "Nom : Luc Roux\nCourriel : luc@roux.test\nMessage : Merci de me rembourser 45,00 €, personne n'est venu.\n", "luc@roux.test"),
        ({"From": "Shop <wordpress@shop.test>", "Subject": "Contact form", "Reply_To": "joan@reeve.test"}, ASK, "joan@reeve.test"),
    ],
)  # fmt: skip
def test_the_customer_is_whom_it_speaks_for_or_nobody_and_never_the_machine(headers, body, email):
    found = draft(body, **headers)
    assert found.customer_email == email
    assert found.amount == Decimal("45.00")
    assert found.evidence["entered_by"]


def test_a_mailing_list_of_the_shops_own_passes_on_its_customers():
    group = {
        "From": "'Joan Reeve' via Refunds <refunds@shop.test>",
        "List_ID": "<refunds.shop.test>",
        "Precedence": "list",
    }
    assert draft(ASK, **group, Reply_To="joan@reeve.test").customer_email == "joan@reeve.test"
    (found,) = read(ASK, **group)
    assert isinstance(found, Ignored)


def test_an_answering_service_is_known_by_what_it_takes_down():
    note = f"Caller: Joan Reeve\nPhone: 555-555-0102\nReason for call: {ASK}"
    assert draft(note, From="Front Desk <reception@ruby.test>", Subject="Message from Joan Reeve").customer_email == ""


def test_an_office_with_a_common_address_stays_the_sender():
    assert draft(ASK, From="Reeve Support <support@reeve.test>").customer_email == "support@reeve.test"
    assert (
        draft(ASK, From="Reception <reception@hotel.test>", Subject="message").customer_email == "reception@hotel.test"
    )


def test_what_a_help_desk_quotes_is_what_the_customer_says():
    html = (
        "<p>-- reply above this line --</p><p><b>Kim</b> assigned this conversation to <b>Lou</b></p><hr>"
        f"<p>Joan Reeve &lt;joan@reeve.test&gt; wrote:</p><blockquote><p>{ASK}</p></blockquote><p>Mailbox: Bills</p>"
    )
    desk = {"From": "Desk <notifications@desk.test>", "Subject": "[Assigned] visit (#91)", "Content_Type": "text/html"}
    found = draft(html, **desk)
    assert (found.customer_email, found.amount) == ("joan@reeve.test", Decimal("45.00"))
    field = html.replace(
        "Joan Reeve &lt;joan@reeve.test&gt; wrote:", "Requester: Joan Reeve (joan@reeve.test)</p><p>Description"
    )
    assert draft(field, **desk).amount == Decimal("45.00")


def test_a_notice_of_the_shops_own_desk_to_a_customer_is_no_request():
    body = f"Your ticket was solved.\n\nYour message:\n{ASK}\nRequester: ann@customer.test\n"
    (found,) = read(
        body,
        From="Desk <helpdesk@shop.test>",
        To="ann@customer.test",
        Cc="refunds@shop.test",
        Auto_Submitted="auto-generated",
    )
    assert isinstance(found, Ignored)
    assert "notice" in found.why


def test_a_voice_message_sent_by_a_machine_is_read_though_nobody_is_named():
    found = draft(
        f"Transcription:\n{ASK}", From="pbx@phones.test", Auto_Submitted="auto-generated", Subject="New voicemail"
    )
    assert (found.channel, found.customer_email, found.amount) == ("phone", "", Decimal("45.00"))


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"From": "Opinions <robot@opinions.test>", "Subject": "New response: 5 (detractor)"},
         'Joan Reeve (joan@reeve.test), SO-2026-00742\n\n"Good lad. $85 for a quarter of an hour is steep though."\n'),
        ({"From": "Umfrage <umfrage@shop.test>", "Subject": "Umfrage: 4 von 5 Sternen"},
         "Kommentar: Die Gutschrift ist angekommen, danke. 80 Euro waren viel.\nKontakt: jo@reeve.test\n"),
        ({"From": "Fax <inbound@efax.example.com>", "Subject": "Fax received - 1 page"},
         "SPECIAL OFFER! INK AT HALF PRICE\n$25 cash back on your first order over $100 - credit terms welcome\nTo be removed fax back this page\n"),
    ],
)  # fmt: skip
def test_feedback_and_advertisements_without_a_demand_are_no_requests(headers, body):
    (found,) = read(body, **headers)
    assert isinstance(found, Ignored), found


def test_feedback_with_a_demand_is_one():
    found = draft(
        'Joan Reeve (joan@reeve.test)\n\n"He only did one of two tills. Please send $45.00 back."\n',
        From="Opinions <robot@opinions.test>", Subject="New response: 1 (detractor)",
    )  # fmt: skip
    assert (found.customer_email, found.amount) == ("joan@reeve.test", Decimal("45.00"))


def test_telephone_numbers_and_minutes_are_no_sums():
    found = draft(
        "Origen: 555 0163     Duracion: 35 s\n\nnadie vino y me habeis cobrado el desplazamiento, devolvedme el dinero por favor\n",
        From="Buzon <buzon@centralita.test>", Subject="Mensaje de voz de 555 0163 (35 s)",
    )  # fmt: skip
    assert found.amount is None
    found = draft("He broke the gate, we stood in the rain for 40 min. Please give us some money back.\n")
    assert found.amount is None
