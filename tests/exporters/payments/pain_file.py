"""Reads a pain.001.001.09 back and adds everything up again: the schema, then what it misses; nothing of the writer's."""

import re
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

SPACE = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
CHARACTERS = re.compile(r"[A-Za-z0-9/?:().,'+ -]+\Z")


@cache
def _schema():
    import xmlschema

    folder = Path(find_spec("sepaxml").origin).parent
    return xmlschema.XMLSchema(str(folder / "schemas" / "pain.001.001.09.xsd"))


class Reading:
    """`faults`: what is wrong. `paid`: (end-to-end id, cents, name, IBAN, BIC, text, day, town, country) of each transfer."""

    def __init__(self, raw, today):
        self.faults, self.paid = [], []
        try:
            text = raw.decode()
            self.faults += [str(e.reason)[:80] for e in _schema().iter_errors(text)]
            self._read(ET.fromstring(text), today)
        except (ValueError, AttributeError, ET.ParseError, ArithmeticError) as err:
            self.faults.append(f"unreadable: {err!r}")

    def _say(self, good, what):
        if not good:
            self.faults.append(what)

    def _read(self, root, today):
        transfers = root.findall(f".//{SPACE}CdtTrfTxInf")
        head = root.find(f".//{SPACE}GrpHdr")
        self._totals(head, transfers)
        for block in root.iter(f"{SPACE}PmtInf"):
            inside = block.findall(f"{SPACE}CdtTrfTxInf")
            self._totals(block, inside)
            day = date.fromisoformat(_text(block, "ReqdExctnDt/Dt"))
            closed = (day.month, day.day) in {(1, 1), (5, 1), (12, 25), (12, 26)}
            self._say(day >= today and day.weekday() < 5 and not closed, f"execution on {day}")
            for transfer in inside:
                self._transfer(transfer, day)
        ids = [paid[0] for paid in self.paid]
        self._say(len(set(ids)) == len(ids) == len(transfers) > 0 and "NOTPROVIDED" not in ids, "end-to-end ids")
        for node in root.iter(f"{SPACE}IBAN"):
            self._say(_iban(node.text or ""), f"IBAN {node.text}")
        for tag in ("Nm", "Ustrd", "EndToEndId", "MsgId", "PmtInfId", "TwnNm"):
            for node in root.iter(SPACE + tag):
                self._say(CHARACTERS.match(node.text or ""), f"characters of {node.text!r}")
        self._say(all(len(n.text or "") <= 70 for n in root.iter(f"{SPACE}Nm")), "a name above 70")
        for node in root.iter(f"{SPACE}PstlAdr"):
            self._say(_text(node, "TwnNm") and _text(node, "Ctry"), "an address without town and country")
        for node in root.iter(f"{SPACE}FinInstnId"):
            self._say(len(node), "an empty bank")

    def _totals(self, node, transfers):
        amounts = [Decimal(_text(t, "Amt/InstdAmt") or "NaN") for t in transfers]
        self._say(_text(node, "NbOfTxs") == str(len(transfers)), "count")
        self._say(Decimal(_text(node, "CtrlSum") or "NaN") == sum(amounts), "control sum")

    def _transfer(self, node, day):
        amount = node.find(f"{SPACE}Amt/{SPACE}InstdAmt")
        value = Decimal(amount.text)
        whole = re.fullmatch(r"\d{1,9}\.\d\d", amount.text)
        self._say(whole and value > 0 and amount.get("Ccy") == "EUR", f"amount {amount.text}")
        names = ("Cdtr/Nm", "CdtrAcct/Id/IBAN", "CdtrAgt/FinInstnId/BICFI", "RmtInf/Ustrd")
        self._say(_text(node, "CdtrAcct/Id/IBAN"), "no account")
        address = [_text(node, f"Cdtr/PstlAdr/{tag}") for tag in ("TwnNm", "Ctry")]
        texts = [_text(node, name) for name in names]
        self.paid.append((_text(node, "PmtId/EndToEndId"), int(value * 100), *texts, day, *address))


def _text(node, path):
    found = node.find("/".join(SPACE + part for part in path.split("/")))
    return (found.text or "") if found is not None else ""


def _iban(text):
    if not re.fullmatch(r"[A-Z]{2}\d\d[A-Z0-9]{11,30}", text):
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1
