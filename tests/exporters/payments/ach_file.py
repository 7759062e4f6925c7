"""Reads a NACHA file back by position and adds everything up again; shares nothing with the writer."""

from datetime import date, time

WEIGHTS = [3, 7, 1] * 3
CLOSED = {"261126", "261225", "270101"}  # a few that the samples meet


class Reading:
    """`faults`: what is wrong. `paid`: (code, routing, account, cents, id, name, trace, text, class, day) of each entry."""

    def __init__(self, raw):
        self.faults, self.paid = [], []
        try:
            self._read(raw.decode("ascii"))
        except (ValueError, IndexError, StopIteration) as err:
            self.faults.append(f"unreadable: {err!r}")

    def _say(self, good, what):
        if not good:
            self.faults.append(what)

    def _read(self, text):
        end = "\r\n" if "\r\n" in text else "\n"
        self._say(text.endswith(end), "the last line has no end")
        rows = text.split(end)[:-1]
        self._say(len(rows) % 10 == 0, "not whole blocks")
        self._say(all(len(r) == 94 and r == r.upper() and r.isprintable() for r in rows), "line length or letters")
        last = max(i for i, r in enumerate(rows) if r != "9" * 94)
        self._say(len(rows) - last <= 10, "a block of nothing but nines")
        head, body, foot = rows[0], rows[1:last], rows[last]
        self._say(head[0] + foot[0] == "19", "no file header or control")
        self._file_header(head)
        totals, number = [0, 0, 0], 0
        while body:
            size = next(i for i, r in enumerate(body) if r[0] == "8") + 1
            batch, body, number = body[:size], body[size:], number + 1
            totals = [a + b for a, b in zip(totals, self._batch(batch, number), strict=True)]
        self._say(number > 0 and int(foot[1:7]) == number, "batch count")
        self._say(int(foot[7:13]) == len(rows) // 10, "block count")
        said = [int(foot[13:21]), int(foot[21:31]), int(foot[43:55])]
        self._say(said == [totals[0], totals[1] % 10**10, totals[2]], "file count, hash or total")
        self._say(int(foot[31:43]) == 0 and foot[55:] == " " * 39, "file debits or the blank end")
        ids = [entry[4] for entry in self.paid]
        self._say(len(ids) == len(set(ids)), "an individual ID twice")

    def _file_header(self, row):
        self._say(row[:4] == "101 " and _routing(row[4:13]), "destination")
        self._say(row[13:23].strip() and row[40:63].strip() and row[63:86].strip(), "origin or names")
        _day(row[23:29])
        time(int(row[29:31]), int(row[31:33]))
        self._say(row[33] in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" and row[34:40] == "094101", "modifier or sizes")

    def _batch(self, rows, number):
        head, entries, foot = rows[0], rows[1:-1], rows[-1]
        self._say(head[:4] == "5220" and foot[:4] == "8220", "service class")
        self._say(head[4:20].strip() and head[40:50].strip() and head[50:53] in {"PPD", "CCD"}, "company or class")
        self._say(head[53:63].strip() not in {"", "PAYROLL", "PURCHASE", "REVERSAL"}, "description")
        day = _day(head[69:75])
        self._say(day.weekday() < 5 and head[69:75] not in CLOSED, "effective on a day without banks")
        self._say(head[75:79] == "   1" and _routing(head[79:87] + _digit(head[79:87])), "status or ODFI")
        self._say(head[87:94] == foot[87:94] == f"{number:07}", "batch number")
        self._say(foot[44:54] == head[40:50] and foot[79:87] == head[79:87], "company or ODFI of the control")
        before, sums = 0, [len(entries), 0, 0]
        while entries:
            entry, entries = entries[0], entries[1:]
            before = self._entry(entry, head, before)
            if entry[78] == "1":
                self._addenda(entries[0], before)
                entries = entries[1:]
            sums[1:] = sums[1] + int(entry[3:11]), sums[2] + int(entry[29:39])
        said = [int(foot[4:10]), int(foot[10:20]), int(foot[32:44])]
        self._say(sums[0] and said == [sums[0], sums[1] % 10**10, sums[2]], "batch count, hash or total")
        self._say(int(foot[20:32]) == 0, "debits")
        return sums

    def _entry(self, row, head, before):
        trace = int(row[87:94])
        self._say(row[:3] in {"622", "632"} and _routing(row[3:12]), "transaction code or routing number")
        self._say(
            int(row[29:39]) > 0 and row[12:29].strip() and row[39:54].strip() and row[54:76].strip(), "a blank field"
        )
        self._say(row[78] in "01" and row[79:87] == head[79:87] and trace > before, "trace or addenda indicator")
        fields = (row[1:3], row[3:12], row[12:29].strip(), int(row[29:39]), row[39:54].strip(), row[54:76].strip())
        self.paid.append([*fields, row[79:94], "", head[50:53], head[69:75]])
        return trace

    def _addenda(self, row, trace):
        self._say(row[:3] == "705" and row[83:94] == f"0001{trace:07}" and row[3:83].strip(), "addenda")
        self.paid[-1][7] = row[3:83].strip()


def _day(six):
    return date(2000 + int(six[:2]), int(six[2:4]), int(six[4:]))


def _digit(eight):
    return str(-sum(int(d) * w for d, w in zip(eight, WEIGHTS, strict=False)) % 10)


def _routing(nine):
    area = int(nine[:2])
    known = area in {*range(1, 13), *range(21, 33), *range(61, 73), 80}
    return nine.isdigit() and known and _digit(nine[:8]) == nine[8]
