"""Writers of statements that share nothing with the readers: what they wrote must be read back equal."""

from xml.sax.saxutils import escape


def sign(amount):
    return "DBIT" if amount < 0 else "CRDT"


def figure(amount, digits):
    whole = f"{abs(amount):0{digits + 1}d}"
    return f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole


def camt(rows, digits=2, version="08"):
    """rows: (day, amount, currency, end-to-end id, bank's id, text, name)."""
    status = "<Sts><Cd>BOOK</Cd></Sts>" if version == "08" else "<Sts>BOOK</Sts>"
    out = [
        f'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><Stmt>'
    ]
    out.append("<Acct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id></Acct>")
    for day, amount, currency, ref, ident, text, name in rows:
        party = "Cdtr" if amount < 0 else "Dbtr"
        inner = f"<Pty><Nm>{escape(name)}</Nm></Pty>" if version == "08" else f"<Nm>{escape(name)}</Nm>"
        out.append(
            f'<Ntry><Amt Ccy="{currency}">{figure(amount, digits)}</Amt><CdtDbtInd>{sign(amount)}</CdtDbtInd>{status}'
            f"<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{escape(ident)}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>"
            f"{escape(ref)}</EndToEndId></Refs><RltdPties><{party}>{inner}</{party}></RltdPties><RmtInf><Ustrd>{escape(text)}"
            "</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        )
    return ("".join(out) + "</Stmt></BkToCstmrStmt></Document>").encode()


def ofx(rows, digits=2, sgml=True):
    close = (lambda _: "\n") if sgml else (lambda tag: f"</{tag}>")
    head = (
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:UTF-8\r\nCHARSET:NONE\r\nCOMPRESSION:NONE\r\n\r\n"
        if sgml
        else '<?xml version="1.0" encoding="UTF-8"?><?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE"?>'
    )

    def field(tag, value):
        return f"<{tag}>{escape(value)}{close(tag)}"

    out = [
        head,
        "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>",
        field("CURDEF", rows[0][2] if rows else "USD"),
        "<BANKACCTFROM>",
    ]
    out += [field("ACCTID", "GB33BUKB20201555555555"), "</BANKACCTFROM><BANKTRANLIST>"]
    for day, amount, _, ref, ident, text, name in rows:
        out.append(
            "<STMTTRN>"
            + field("TRNTYPE", "DEBIT" if amount < 0 else "CREDIT")
            + field("DTPOSTED", day.replace("-", ""))
        )
        out.append(field("TRNAMT", ("-" if amount < 0 else "") + figure(amount, digits)) + field("FITID", ident))
        out.append(field("REFNUM", ref) + field("NAME", name) + field("MEMO", text) + "</STMTTRN>")
    return ("".join(out) + "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>").encode()


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"'


def sparkasse(rows, digits=2):
    names = (
        "Auftragskonto;Buchungstag;Valutadatum;Buchungstext;Verwendungszweck;Glaeubiger ID;Mandatsreferenz;"
        "Kundenreferenz (End-to-End);Sammlerreferenz;Lastschrift Ursprungsbetrag;Auslagenersatz Ruecklastschrift;"
        "Beguenstigter/Zahlungspflichtiger;Kontonummer/IBAN;BIC (SWIFT-Code);Betrag;Waehrung;Info"
    )
    out = [names]
    for day, amount, currency, ref, _, text, name in rows:
        year, month, date = day.split("-")
        money = ("-" if amount < 0 else "") + figure(amount, digits).replace(".", ",")
        cells = [
            "GB33BUKB20201555555555",
            f"{date}.{month}.{year}",
            "",
            "UEBERWEISUNG",
            text,
            "",
            "",
            ref,
            "",
            "",
            "",
            name,
            "",
            "",
        ]
        out.append(";".join(map(quoted, [*cells, money, currency, "Umsatz gebucht"])))
    return "\r\n".join(out).encode()


def nacha(returns):
    """returns: (amount in cents, number, name, original trace, code)."""
    lines = ["101 021000021 1234567892611161005A094101" + "COMPANY".ljust(23) + "BANK".ljust(23) + " " * 8]
    lines.append("5200" + "COMPANY".ljust(36) + " 123456789PPDREFUND          261112" + "320" + "1021000020000001")
    for number, (amount, ref, name, trace, code) in enumerate(returns, 1):
        own = f"09100001{number:07d}"
        lines.append(
            "621091000019" + "55501".ljust(17) + f"{amount:010d}" + ref.ljust(15) + name.ljust(22) + "  1" + own
        )
        lines.append("799" + code + trace + " " * 6 + "09100001" + " " * 44 + own)
    count = 2 * len(returns)
    lines.append("8200" + f"{count:06d}" + "0" * 10 + "0" * 24 + " 123456789" + " " * 25 + "021000020000001")
    lines.append("9000001000001" + f"{count:08d}" + "0" * 10 + "0" * 24 + " " * 39)
    assert {len(line) for line in lines} == {94}
    return "\n".join(lines).encode()
