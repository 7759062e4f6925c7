"""The tables, as text that is never edited once released: the ledger, what is kept beside it, and projections of it."""

from __future__ import annotations

from typing import Final

APPLICATION_ID: Final = 0x52464B54  # "RFKT": lets `file` and us tell a store from another SQLite file
SCHEMA_VERSION: Final = 9

# The insert guard covers every unique key, or INSERT OR REPLACE would delete a row through the one left out.
LEDGER: Final = """
CREATE TABLE writer (
    n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE CHECK (length(id) = 16)
) STRICT;
CREATE TABLE event (
    n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),
    writer INTEGER NOT NULL REFERENCES writer (n), seq INTEGER NOT NULL CHECK (seq > 0),
    own INTEGER NOT NULL CHECK (own IN (0, 1)), case_id TEXT NOT NULL, type TEXT NOT NULL,
    core BLOB NOT NULL, payload BLOB, sig BLOB NOT NULL CHECK (length(sig) = 64)
) STRICT;
CREATE INDEX event_chain ON event (writer, seq);
CREATE UNIQUE INDEX event_own ON event (writer, seq) WHERE own = 1;
CREATE INDEX event_case ON event (case_id, n);
CREATE TRIGGER event_insert BEFORE INSERT ON event WHEN EXISTS (
    SELECT 1 FROM event WHERE id = NEW.id UNION ALL SELECT 1 FROM event WHERE n = NEW.n UNION ALL
    SELECT 1 FROM event WHERE NEW.own = 1 AND own = 1 AND writer = NEW.writer AND seq = NEW.seq
) BEGIN SELECT RAISE(ABORT, 'the ledger holds this event already'); END;
CREATE TRIGGER event_update BEFORE UPDATE OF n, id, writer, seq, own, case_id, type, core, sig ON event
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER event_payload BEFORE UPDATE OF payload ON event WHEN NEW.payload IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a payload can only be erased'); END;
CREATE TRIGGER event_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TABLE document (
    sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64), size INTEGER NOT NULL, content BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER document_update BEFORE UPDATE ON document BEGIN SELECT RAISE(ABORT, 'documents do not change'); END;
CREATE TRIGGER document_delete BEFORE DELETE ON document BEGIN SELECT RAISE(ABORT, 'documents are kept'); END;
"""

# What this device alone knows: not in the ledger, not rebuilt.
LOCAL: Final = """
CREATE TABLE outbox (
    batch TEXT NOT NULL, name TEXT NOT NULL, folder TEXT NOT NULL, written INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (batch, name)
) STRICT, WITHOUT ROWID;
"""

# Bank data of payees and the files that pay: sealed under a key of this machine's vault, and in no event.
SEALED: Final = """
CREATE TABLE sealed_payee (
    digest TEXT PRIMARY KEY, customer_id TEXT NOT NULL, sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sealed_file (
    batch TEXT NOT NULL, name TEXT NOT NULL, folder TEXT NOT NULL, sealed BLOB NOT NULL,
    written INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (batch, name)
) STRICT, WITHOUT ROWID;
"""

LOCAL_MESSAGES: Final = """
CREATE TABLE message (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, made_ms INTEGER NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,
    reminders TEXT NOT NULL, sent_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX message_unsent ON message (made_ms) WHERE sent_ms IS NULL;
"""

# Dropped and rebuilt from the ledger at will; the order is the order of rebuilding.
PROJECTIONS: Final = """
CREATE TABLE org_event (pos INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL) STRICT;
CREATE TABLE org_head (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE intake_run (
    event TEXT PRIMARY KEY, n INTEGER NOT NULL, run TEXT NOT NULL, file TEXT NOT NULL, at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL, cases INTEGER NOT NULL, rejects INTEGER NOT NULL, ignored INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE left_over (
    fingerprint TEXT PRIMARY KEY, event TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('reject', 'ignored')),
    file TEXT NOT NULL, sheet TEXT NOT NULL, idx INTEGER, col TEXT NOT NULL, problem TEXT NOT NULL,
    words TEXT NOT NULL, cells TEXT NOT NULL, message_id TEXT NOT NULL, document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX left_over_sheet ON left_over (file, idx) WHERE sheet <> '';
CREATE TABLE cases (
    key TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, arrived TEXT NOT NULL, state TEXT NOT NULL, level TEXT NOT NULL,
    decide_level TEXT NOT NULL, dual INTEGER NOT NULL, rev TEXT NOT NULL, channel TEXT NOT NULL,
    asked_customer TEXT NOT NULL, customer_email TEXT NOT NULL, email_domain TEXT NOT NULL,
    asked_order TEXT NOT NULL, asked_invoice TEXT NOT NULL,
    customer_id TEXT NOT NULL, service_order TEXT NOT NULL, invoice TEXT NOT NULL, reason TEXT NOT NULL,
    requested TEXT NOT NULL, requested_currency TEXT NOT NULL, currency TEXT NOT NULL,
    eligible_minor INTEGER, payable_minor INTEGER, base_minor INTEGER, findings TEXT NOT NULL,
    received_ms INTEGER NOT NULL, external_ref TEXT NOT NULL, message_id TEXT NOT NULL, fingerprint TEXT NOT NULL,
    file TEXT NOT NULL, idx INTEGER, waiting_since_ms INTEGER NOT NULL, logged_by TEXT NOT NULL,
    requested_by TEXT NOT NULL, subject TEXT NOT NULL, description TEXT NOT NULL, epoch INTEGER NOT NULL,
    first TEXT NOT NULL, batch TEXT NOT NULL, memo TEXT NOT NULL, anomalies TEXT NOT NULL, unsettled TEXT NOT NULL,
    counts INTEGER NOT NULL, held TEXT NOT NULL, asked INTEGER NOT NULL, reminded INTEGER NOT NULL,
    paused INTEGER NOT NULL, urgent_ms INTEGER NOT NULL, inside TEXT NOT NULL, sheet TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cases_state ON cases (state, arrived);
CREATE INDEX cases_waiting ON cases (decide_level, paused, urgent_ms, key, inside, state)
    WHERE state IN ('awaiting', 'review');
CREATE VIRTUAL TABLE waiting_text USING fts5(
    words, key UNINDEXED, tokenize = 'unicode61 remove_diacritics 2', detail = none, columnsize = 0
);
CREATE INDEX cases_held ON cases (arrived) WHERE held <> '[]';
CREATE INDEX cases_asked ON cases (arrived) WHERE asked > 0;
CREATE INDEX cases_unsettled ON cases (arrived) WHERE unsettled <> '[]';
CREATE INDEX cases_customer ON cases (customer_id, received_ms);
CREATE INDEX cases_invoice ON cases (invoice);
CREATE INDEX cases_arrived ON cases (arrived);
CREATE INDEX cases_fingerprint ON cases (fingerprint);
CREATE INDEX cases_sheet ON cases (file, idx) WHERE sheet <> '';
CREATE INDEX cases_external ON cases (external_ref) WHERE external_ref <> '';
CREATE INDEX cases_message ON cases (message_id) WHERE message_id <> '';
CREATE INDEX cases_domain ON cases (email_domain) WHERE email_domain <> '';
CREATE INDEX cases_email ON cases (lower(customer_email)) WHERE customer_email <> '';
CREATE INDEX cases_asked_customer ON cases (asked_customer) WHERE asked_customer <> '';
CREATE INDEX cases_asked_order ON cases (asked_order) WHERE asked_order <> '';
CREATE INDEX cases_asked_invoice ON cases (asked_invoice) WHERE asked_invoice <> '';
CREATE TABLE case_cell (
    key TEXT NOT NULL, line_no INTEGER NOT NULL, invoice TEXT NOT NULL, net_minor INTEGER NOT NULL,
    tax_minor INTEGER NOT NULL, PRIMARY KEY (key, line_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_cell_invoice ON case_cell (invoice);
CREATE TABLE case_note (
    event TEXT PRIMARY KEY, key TEXT NOT NULL, kind TEXT NOT NULL, fingerprint TEXT NOT NULL,
    message_id TEXT NOT NULL, file TEXT NOT NULL, idx INTEGER, sender TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX case_note_key ON case_note (key);
CREATE INDEX case_note_message ON case_note (message_id) WHERE message_id <> '';
CREATE INDEX case_note_fingerprint ON case_note (fingerprint);
CREATE TABLE reminder (event TEXT PRIMARY KEY, key TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX reminder_key ON reminder (key);
CREATE TABLE taken (
    fingerprint TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (fingerprint, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE case_apart (key TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (key, other)) STRICT, WITHOUT ROWID;
CREATE TABLE export_batch (
    batch TEXT PRIMARY KEY, n INTEGER NOT NULL, event TEXT NOT NULL, format TEXT NOT NULL, at_ms INTEGER NOT NULL,
    who TEXT NOT NULL, cases INTEGER NOT NULL, base_minor INTEGER NOT NULL, files TEXT NOT NULL,
    revises TEXT NOT NULL, outcome TEXT NOT NULL, message TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE export_line (
    line_key TEXT PRIMARY KEY, case_key TEXT NOT NULL, slot TEXT NOT NULL, batch TEXT NOT NULL, memo TEXT NOT NULL,
    document TEXT NOT NULL, posted_on TEXT NOT NULL, customer_id TEXT NOT NULL, invoice TEXT NOT NULL,
    amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, base_minor INTEGER NOT NULL, owed_minor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX export_line_case ON export_line (case_key);
CREATE INDEX export_line_batch ON export_line (batch);
CREATE INDEX export_line_memo ON export_line (memo);
CREATE INDEX export_line_customer ON export_line (customer_id);
CREATE INDEX export_line_invoice ON export_line (invoice);
CREATE TABLE payment (
    event TEXT PRIMARY KEY, key TEXT NOT NULL, case_key TEXT NOT NULL, case_id TEXT NOT NULL, slot TEXT NOT NULL,
    number TEXT NOT NULL, method TEXT NOT NULL, amount_minor INTEGER NOT NULL, currency TEXT NOT NULL,
    paid_on TEXT NOT NULL, batch TEXT NOT NULL, settles TEXT NOT NULL, original TEXT NOT NULL,
    payment_id TEXT NOT NULL, cheque INTEGER NOT NULL, state TEXT NOT NULL, counts INTEGER NOT NULL,
    confirmed_on TEXT NOT NULL, ended_on TEXT NOT NULL, code TEXT NOT NULL, why TEXT NOT NULL,
    customer_id TEXT NOT NULL, invoice TEXT NOT NULL, unbooked INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_key ON payment (key);
CREATE INDEX payment_case ON payment (case_key);
CREATE INDEX payment_number ON payment (number);
CREATE INDEX payment_state ON payment (state, paid_on);
CREATE INDEX payment_amount ON payment (amount_minor, currency, paid_on);
CREATE INDEX payment_cheque ON payment (cheque) WHERE cheque > 0;
CREATE INDEX payment_original ON payment (upper(original)) WHERE original <> '';
CREATE INDEX payment_case_id ON payment (case_id);
CREATE INDEX payment_of ON payment (payment_id) WHERE payment_id <> '';
CREATE INDEX payment_kept ON payment (customer_id) WHERE method = 'account' AND counts = 1;
CREATE INDEX payment_batch_of ON payment (batch);
CREATE INDEX payment_unbooked ON payment (case_key) WHERE unbooked > 0;
CREATE TABLE credit_use (
    event TEXT PRIMARY KEY, case_key TEXT NOT NULL, payment TEXT NOT NULL, number TEXT NOT NULL,
    customer_id TEXT NOT NULL, invoice TEXT NOT NULL, amount_minor INTEGER NOT NULL, currency TEXT NOT NULL,
    used_on TEXT NOT NULL, counts INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX credit_use_customer ON credit_use (customer_id);
CREATE INDEX credit_use_invoice ON credit_use (invoice);
CREATE TABLE stock (
    event TEXT PRIMARY KEY, case_key TEXT NOT NULL, number TEXT NOT NULL, cost_minor INTEGER NOT NULL,
    goal TEXT NOT NULL, back_on TEXT NOT NULL, counts INTEGER NOT NULL, unbooked INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_unbooked ON stock (case_key) WHERE unbooked > 0;
CREATE TABLE payment_batch (
    event TEXT PRIMARY KEY, n INTEGER NOT NULL, batch TEXT NOT NULL, method TEXT NOT NULL, at_ms INTEGER NOT NULL,
    who TEXT NOT NULL, payments INTEGER NOT NULL, totals TEXT NOT NULL, files TEXT NOT NULL, layout TEXT NOT NULL,
    voids TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE payee (
    event TEXT PRIMARY KEY, n INTEGER NOT NULL, customer_id TEXT NOT NULL, digest TEXT NOT NULL, who TEXT NOT NULL,
    at_ms INTEGER NOT NULL, confirms TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payee_customer ON payee (customer_id);
CREATE TABLE books_month (
    event TEXT PRIMARY KEY, n INTEGER NOT NULL, month TEXT NOT NULL, wanted TEXT NOT NULL, who TEXT NOT NULL,
    seconds TEXT NOT NULL, reason TEXT NOT NULL, at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE statement_line (
    fingerprint TEXT PRIMARY KEY, event TEXT NOT NULL, n INTEGER NOT NULL, file TEXT NOT NULL, idx INTEGER NOT NULL,
    found TEXT NOT NULL, why TEXT NOT NULL, line TEXT NOT NULL, payment TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE rec_customers (
    customer_id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, phone TEXT NOT NULL, tier TEXT NOT NULL,
    currency TEXT NOT NULL, locale TEXT NOT NULL, email_key TEXT NOT NULL, search TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rec_customers_email ON rec_customers (email_key);
CREATE TABLE rec_service_orders (
    service_order TEXT PRIMARY KEY, customer_id TEXT NOT NULL, service_code TEXT NOT NULL, technician TEXT NOT NULL,
    equipment TEXT NOT NULL, priority TEXT NOT NULL, status TEXT NOT NULL, completion_pct TEXT NOT NULL,
    onsite_minutes TEXT NOT NULL, opened_at TEXT NOT NULL, responded_at TEXT NOT NULL, completed_at TEXT NOT NULL,
    scheduled_at TEXT NOT NULL, cancelled_at TEXT NOT NULL, cancelled_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rec_service_orders_equipment ON rec_service_orders (customer_id, equipment);
CREATE TABLE rec_sla_terms (
    tier TEXT NOT NULL, priority TEXT NOT NULL, response_minutes TEXT NOT NULL, resolution_minutes TEXT NOT NULL,
    PRIMARY KEY (tier, priority)
) STRICT, WITHOUT ROWID;
CREATE TABLE rec_invoices (
    invoice TEXT NOT NULL, service_order TEXT NOT NULL, customer_id TEXT NOT NULL, issued_on TEXT NOT NULL,
    currency TEXT NOT NULL, line_no TEXT NOT NULL, kind TEXT NOT NULL, sku TEXT NOT NULL, description TEXT NOT NULL,
    quantity TEXT NOT NULL, unit_price TEXT NOT NULL, tax_rate TEXT NOT NULL, line INTEGER NOT NULL,
    net_minor INTEGER NOT NULL, tax_minor INTEGER NOT NULL, PRIMARY KEY (invoice, line_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX rec_invoices_customer ON rec_invoices (customer_id);
CREATE INDEX rec_invoices_order ON rec_invoices (service_order);
CREATE TABLE rec_payments (
    payment_id TEXT PRIMARY KEY, invoice TEXT NOT NULL, paid_on TEXT NOT NULL, amount TEXT NOT NULL,
    currency TEXT NOT NULL, method TEXT NOT NULL, reference TEXT NOT NULL, amount_minor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rec_payments_invoice ON rec_payments (invoice);
CREATE TABLE rec_refunds (
    refund_id TEXT PRIMARY KEY, invoice TEXT NOT NULL, refunded_on TEXT NOT NULL, amount TEXT NOT NULL,
    currency TEXT NOT NULL, reference TEXT NOT NULL, amount_minor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rec_refunds_invoice ON rec_refunds (invoice);
CREATE TABLE rec_parts (
    service_order TEXT NOT NULL, sku TEXT NOT NULL, quantity_used TEXT NOT NULL, quantity_returned TEXT NOT NULL,
    returned_on TEXT NOT NULL, condition TEXT NOT NULL, PRIMARY KEY (service_order, sku)
) STRICT, WITHOUT ROWID;
CREATE TABLE rec_rates (
    date TEXT NOT NULL, currency TEXT NOT NULL, rate TEXT NOT NULL, PRIMARY KEY (currency, date)
) STRICT, WITHOUT ROWID;
"""

PROJECTION_TABLES: Final = (
    "org_event", "org_head", "intake_run", "left_over", "cases", "waiting_text", "case_cell", "case_apart",
    "export_batch", "export_line", "payment", "credit_use", "stock", "payment_batch", "payee", "books_month",
    "statement_line", "case_note", "reminder", "taken", "rec_customers", "rec_service_orders", "rec_sla_terms",
    "rec_invoices", "rec_payments", "rec_refunds", "rec_parts", "rec_rates",
)  # fmt: skip
