"""`log`: a request noted by hand, from options alone; and the files that lie with a case."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest

PHOTO = b"\xff\xd8\xff\xe0 a photo of the till"


def logged(shop, *options, user="okello", status=0):
    said = shop("log", *options, "--json", user=user)
    assert said.status == status, said
    return said.json


def test_any_part_of_a_name_and_of_a_device_is_enough(shop, told) -> None:
    said = shop("log", "--customer", "tide", "--order", "fs1", "--for", "late", "-m", "Came late.", user="okello")
    told("commands/log-by-parts.txt", shop, said)
    case = shop.done("list", "--json").json[0]
    assert (case["customer_id"], case["service_order"], case["invoice"]) == ("C-1003", "SO-2026-00702", "INV-24102")
    assert (case["reason"], case["channel"]) == ("sla-breach", "technician")


def test_show_tells_what_was_typed_and_what_it_was_taken_for(shop, told) -> None:
    photo = shop.write("IMG 1.jpg", PHOTO)
    shop.done("log", "--invoice", "24102", "--for", "came back", "--amount", "45,50", "--file", photo, user="okello")
    case = shop.done("list", "--json").json[0]["id"]
    told("commands/log-show.txt", shop, shop("show", case))
    found = shop.done("show", case, "--json").json
    assert found["evidence"] == {"invoice": "24102"}
    assert found["words"] == "invoice: 24102\namount: 45,50\nreason: came back"
    assert found["files"][0]["original"] == "IMG 1.jpg"
    assert found["requested"] == {"amount": "45.50", "currency": "USD"}


def test_an_invoice_alone_brings_its_visit_and_its_customer(shop) -> None:
    request = logged(shop, "--invoice", "inv-24105")["request"]
    assert (request["customer_id"], request["service_order"], request["invoice"]) == (
        "C-1002",
        "SO-2026-00704",
        "INV-24105",
    )


def test_a_visit_alone_brings_its_only_invoice_and_its_customer(shop) -> None:
    request = logged(shop, "--order", "00702")["request"]
    assert (request["customer_id"], request["service_order"], request["invoice"]) == (
        "C-1003",
        "SO-2026-00702",
        "INV-24102",
    )


@pytest.mark.parametrize(
    "typed", ["c-1003", "TIDEWATER TITLE", "escrow tide", "j.amara@", "J.Amara@TidewaterTitle.example.com", "0103"]
)
def test_a_customer_is_found_by_any_part_in_any_letter_case(shop, typed) -> None:
    assert logged(shop, "--customer", typed)["request"]["customer_id"] == "C-1003"


def test_a_part_is_looked_for_among_the_customers_own_visits_first(shop) -> None:
    """'2' stands in many numbers; of this customer it fits three."""
    said = shop("log", "--customer", "C-1003", "--order", "closing", user="okello")
    assert said.status == 0
    assert shop.done("list", "--json").json[0]["service_order"] == "SO-2026-00711"


def test_a_number_of_somebody_elses_is_taken_as_given_and_blocks(shop) -> None:
    found = logged(shop, "--customer", "C-1003", "--invoice", "INV-24105")
    assert found["request"]["customer_id"] == "C-1003"
    assert "invoice-mismatch" in found["findings"]
    assert found["state"] == "review"


def test_a_number_nobody_knows_is_kept_and_the_case_says_so(shop) -> None:
    found = logged(shop, "--customer", "C-9", "--order", "SO-9", "--invoice", "INV-9")
    assert [found["request"][n] for n in ("customer_id", "service_order", "invoice")] == ["C-9", "SO-9", "INV-9"]
    assert found["findings"][:3] == ["customer-unknown", "order-unknown", "invoice-unknown"]


def test_a_name_nobody_knows_is_who_asks_and_a_person_completes_the_case(shop, told) -> None:
    said = shop("log", "--customer", "Peg at the till", "--invoice", "24105", "--for", "goodwill", user="okello")
    told("commands/log-unknown-name.txt", shop, said)
    found = shop.done("list", "--json").json[0]
    assert (found["customer_id"], found["state"]) == (None, "review")
    assert shop.done("show", found["id"], "--json").json["request"]["requested_by"] == "Peg at the till"


def test_an_unknown_name_beside_a_requester_and_an_unknown_device_stay_in_the_words(shop) -> None:
    found = logged(
        shop,
        "--customer",
        "The Corner Shop",
        "--requested-by",
        "Peg",
        "--order",
        "the till",
        "-m",
        "It broke.",
        status=1,
    )
    assert found["request"]["description"] == "It broke.\nCustomer: The Corner Shop Order: the till"
    assert len(found["doubts"]) == 2


def test_an_address_nobody_knows_is_kept_as_the_address(shop) -> None:
    found = logged(shop, "--customer", "Peg@Corner.example", status=1)
    assert found["request"]["customer_email"] == "peg@corner.example"


@pytest.mark.parametrize(
    ("typed", "amount", "currency"),
    [("120", "120", "USD"), ("$1,250.00", "1250.00", "USD"), ("45,50 EUR", "45.50", "EUR"), ("€ 12", "12", "EUR")],
)
def test_amounts_are_read_as_people_write_them(shop, typed, amount, currency) -> None:
    request = logged(shop, "--customer", "C-1003", "--amount", typed)["request"]
    assert (request["amount"], request["currency"]) == (amount, currency)


def test_the_currency_is_the_one_given_else_the_invoices(shop) -> None:
    assert logged(shop, "--customer", "C-1003", "--amount", "5", "--currency", "£")["request"]["currency"] == "GBP"
    shop.done(
        "records",
        shop.write(
            "invoices.csv",
            "invoice,service_order,customer_id,issued_on,currency,line_no,kind,sku,description,quantity,unit_price,tax_rate\n"
            "INV-77,,C-1003,2026-10-01,EUR,1,labour,,work,1,50.00,0\n",
        ),
    )
    assert logged(shop, "--invoice", "INV-77", "--amount", "5")["request"]["currency"] == "EUR"


@pytest.mark.parametrize(
    ("words", "reason"),
    [("late", "sla-breach"), ("came back", "faulty-work"), ("kein Techniker, niemand gekommen", "cancelled-visit"),
     ("billing-error", "billing-error"), ("payé deux fois", "duplicate-payment")],
)  # fmt: skip
def test_a_reason_can_be_said_in_words(shop, words, reason) -> None:
    assert logged(shop, "--customer", "C-1003", "--for", words)["request"]["reason"] == reason


def test_the_channel_follows_from_the_role_unless_it_is_given(shop) -> None:
    channels = [
        logged(shop, "--customer", "C-1003", *more, user=user)["request"]["channel"]
        for user, more in (("okello", ()), ("carl", ()), ("carl", ("--channel", "portal")))
    ]
    assert channels == ["technician", "phone", "portal"]


def test_time_reference_and_address_are_kept(shop) -> None:
    request = logged(
        shop, "--email", "Mia@MarrowAndPine.example.com", "--received", "31.10.2026 14:30", "--ref", "T-7"
    )["request"]
    assert (request["received_at"], request["external_ref"]) == ("2026-10-31T14:30:00Z", "T-7")
    assert request["customer_email"] == "mia@marrowandpine.example.com"


def test_the_same_reference_again_is_the_same_request(shop) -> None:
    first = logged(shop, "--invoice", "INV-24105", "--ref", "T-7")
    again = logged(shop, "--invoice", "INV-24105", "--ref", "T-7")
    assert (again["state"], again["duplicate_of"]) == ("duplicate", first["case"])


def test_who_logged_it_is_not_among_those_who_decide_and_cannot(shop) -> None:
    found = logged(shop, "--invoice", "INV-24112", "--for", "goodwill", "--amount", "900", user="lena")
    assert (found["state"], found["level"]) == ("awaiting", "lead")
    assert found["deciders"] == ["ada", "leo", "max", "mona"]
    said = shop("approve", found["case"], user="lena")
    assert said.status == 3
    assert "logged" in said.err
    assert shop("approve", found["case"], user="leo").status == 0


def test_a_small_proven_request_is_approved_by_the_policy(shop, told) -> None:
    said = shop("log", "--invoice", "24105", "--for", "late", "--amount", "45.50", user="okello")
    told("commands/log-approved.txt", shop, said)


def test_a_dry_run_writes_nothing(shop, told) -> None:
    photo, before = shop.write("p.jpg", PHOTO), shop.events()
    said = shop("log", "--invoice", "24105", "--for", "late", "--file", photo, "--dry-run", user="okello")
    told("commands/log-dry-run.txt", shop, said)
    assert shop("log", "--invoice", "24105", "--dry-run", "--json", user="okello").json["case"] is None
    assert shop.events() == before
    assert shop.done("doctor", "--json").json
    assert shop("audit", "verify").status == 0


def test_on_a_bare_laptop_it_is_received_and_assessed_when_records_come(cli, told) -> None:
    cli.done("init", "--company", "Brightwater", "--base", "USD", "--user", "ada", user="")
    cli.done("user", "add", "okello", "--role", "technician", "--technician", "T-03 Okello")
    photo = cli.write("p.jpg", PHOTO)
    said = cli(
        "log", "--customer", "C-7", "--order", "SO-7", "--for", "not finished", "--amount", "50", "--file", photo,
        user="okello",
    )  # fmt: skip
    told("commands/log-bare-laptop.txt", cli, said)
    case = cli.done("list", "--json").json[0]
    assert (case["state"], case["requested"]) == ("received", {"amount": "50.00", "currency": "USD"})
    cli.write(
        "records/customers.csv",
        "customer_id,name,email,phone,tier,currency,locale\nC-7,Cafe,a@b.example,,gold,USD,en\n",
    )
    cli.done("records", "records")
    cli.done("assess")
    assert cli.state(case["id"]) == "review"
    assert cli("audit", "verify").status == 0


def test_tables_are_what_the_ledger_says_after_logging(shop) -> None:
    photo = shop.write("p.jpg", PHOTO)
    for options in (
        ("--invoice", "24105", "--for", "late"),
        ("--customer", "Peg"),
        ("--customer", "C-1003", "--file", photo),
    ):
        shop("log", *options, user="okello")
    assert shop("audit", "verify").status == 0
    shop.done("doctor", "--rebuild")
    assert shop("audit", "verify").status == 0
    assert len(shop.done("list", "--json").json) == 3


# -- files ------------------------------------------------------------------------------------------------------------


def with_files(shop) -> str:
    names = {
        "IMG 1.jpg": PHOTO,
        "a/till\u202egpj.exe": b"MZ\x90\x00",
        "b/CON.txt": b"notes\n",
        "img-1.JPG": PHOTO + b"2",
    }
    files = [option for name, content in names.items() for option in ("--file", shop.write(name, content))]
    return logged(shop, "--invoice", "24105", *files)["case"]


def test_files_are_listed_with_their_kind_by_content_and_what_they_were_called(shop, told) -> None:
    told("commands/case-files.txt", shop, shop("case", "files", with_files(shop)))


def test_files_are_saved_under_safe_names_inside_the_folder(shop) -> None:
    case = with_files(shop)
    said = shop.done("case", "files", case, "-o", "out", "--json")
    out = shop.folder / "out"
    assert sorted(p.name for p in out.iterdir()) == ["IMG-1.jpg", "file-CON.txt", "img-1-2.JPG", "till-gpj.exe"]
    assert (out / "IMG-1.jpg").read_bytes() == PHOTO
    assert [f["saved"] for f in said.json] == [
        "out/IMG-1.jpg",
        "out/till-gpj.exe",
        "out/file-CON.txt",
        "out/img-1-2.JPG",
    ]
    assert shop("case", "files", case, "-o", "out").status == 0, "the same bytes are left alone"


def test_a_file_of_other_content_is_not_overwritten_and_none_is_written_then(shop) -> None:
    case = with_files(shop)
    shop.write("out/file-CON.txt", "mine")
    assert shop("case", "files", case, "-o", "out").status == 3
    assert [p.name for p in (shop.folder / "out").iterdir()] == ["file-CON.txt"]


def test_a_dry_run_saves_nothing(shop) -> None:
    case = with_files(shop)
    assert "out/IMG-1.jpg (not written)" in shop.done("case", "files", case, "-o", "out", "--dry-run").out
    assert not (shop.folder / "out").exists()


def test_a_case_without_files_says_so(sample, told) -> None:
    told("commands/case-files-none.txt", sample, sample("case", "files", sample.id("requests.csv:2")))
    assert sample.done("case", "files", sample.id("requests.csv:2"), "--json").json == []


def test_the_same_photo_of_two_cases_is_kept_once(shop) -> None:
    photo = shop.write("p.jpg", PHOTO)
    for invoice in ("24105", "24102"):
        logged(shop, "--invoice", invoice, "--file", photo)
    with contextlib.closing(sqlite3.connect(shop.store)) as connection:
        assert connection.execute("SELECT count(*) FROM document WHERE size = ?", (len(PHOTO),)).fetchone() == (1,)


@pytest.mark.parametrize("damage", ["UPDATE document SET content = x'00'", "DELETE FROM document"])
def test_a_changed_or_missing_file_is_found(shop, damage) -> None:
    case = with_files(shop)
    with contextlib.closing(sqlite3.connect(shop.store)) as connection:
        for trigger in ("document_update", "document_delete"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(damage)
        connection.commit()
    said = shop("audit", "verify")
    assert said.status == 4
    assert said.err.count("document ") >= 4
    assert shop("case", "files", case, "-o", "out").status == 4
    assert not (shop.folder / "out").exists()


def test_the_audit_document_names_the_files(shop) -> None:
    case = with_files(shop)
    said = shop.done("audit", "pdf", case, "-o", "audit", user="max")
    assert case in said.out
    from pypdf import PdfReader

    (path,) = (shop.folder / "audit").iterdir()
    text = "".join(page.extract_text() for page in PdfReader(path).pages)
    assert "IMG 1.jpg" in text
    assert "CON.txt" in text


def test_on_a_bare_laptop_the_same_reference_again_is_linked_to_the_first(cli) -> None:
    cli.done("init", "--company", "Brightwater", "--base", "USD", "--user", "ada", user="")
    first = logged(cli, "--order", "SO-7", "--ref", "T-7", user="ada")
    again = logged(cli, "--order", "SO-7", "--ref", "T-7", user="ada")
    assert (first["state"], again["state"], again["duplicate_of"]) == ("received", "duplicate", first["case"])
    assert cli("audit", "verify").status == 0
