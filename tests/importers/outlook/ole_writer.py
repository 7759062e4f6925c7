"""Writes OLE containers (MS-CFB, version 3) small enough for tests: {"storage/stream": content}."""

import struct

SECTOR, MINI, CUTOFF = 512, 64, 4096
FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _chain(first: int, count: int) -> list[int]:
    return [*range(first + 1, first + count), END] if count else []


def _padded(data: bytes, size: int) -> bytes:
    return data + b"\0" * (-len(data) % size)


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    wide = name.encode("utf-16-le")
    head = wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide) + 2, kind, 1, FREE, right, child)
    return head + b"\0" * 36 + struct.pack("<IQ", start, size)


def container(streams: dict[str, bytes]) -> bytes:
    """The container as bytes. Siblings are chained to the right, which readers accept."""
    paths = sorted({tuple(p.split("/")[:n]) for p in streams for n in range(1, p.count("/") + 2)})
    number = {(): 0} | {path: i for i, path in enumerate(paths, start=1)}
    inside: dict[tuple, list[tuple]] = {}
    for path in paths:
        inside.setdefault(path[:-1], []).append(path)

    mini, mini_fat, big, fat, place = b"", [], b"", [], {}
    for path in paths:
        data = streams.get("/".join(path))
        if data is None:
            place[path] = (1, 0, 0)
        elif len(data) < CUTOFF:
            count = -(-len(data) // MINI)
            place[path] = (2, len(mini_fat) if count else END, len(data))
            mini_fat += _chain(len(mini_fat), count)
            mini += _padded(data, MINI)
        else:
            place[path] = (2, len(fat), len(data))
            fat += _chain(len(fat), -(-len(data) // SECTOR))
            big += _padded(data, SECTOR)

    def put(data: bytes) -> int:
        nonlocal big
        start = len(fat) if data else END
        fat.extend(_chain(len(fat), -(-len(data) // SECTOR)))
        big += _padded(data, SECTOR)
        return start

    mini_start = put(mini)
    mini_fat_data = b"".join(struct.pack("<I", n) for n in mini_fat)
    mini_fat_start = put(mini_fat_data + b"\xff" * (-len(mini_fat_data) % SECTOR))
    entries = [_entry("Root Entry", 5, FREE, number[inside[()][0]], mini_start, len(mini))]
    for path in paths:
        kind, start, size = place[path]
        siblings = inside[path[:-1]]
        after = siblings.index(path) + 1
        right = number[siblings[after]] if after < len(siblings) else FREE
        entries.append(_entry(path[-1], kind, right, number[inside[path][0]] if path in inside else FREE, start, size))
    folder_start = put(b"".join(entries).ljust(-(-len(entries) // 4) * SECTOR, b"\0"))
    sectors = 1
    while (len(fat) + sectors) * 4 > sectors * SECTOR:
        sectors += 1
    first = len(fat)
    table = [*fat, *[FAT_SECTOR] * sectors]
    table += [FREE] * (sectors * SECTOR // 4 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack(
        "<HHHHH6xIIIIIIIII",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        sectors,
        folder_start,
        0,
        CUTOFF,
        mini_fat_start,
        -(-len(mini_fat) * 4 // SECTOR),
        END,
        0,
    )
    header += b"".join(struct.pack("<I", n) for n in [*range(first, first + sectors)]).ljust(436, b"\xff")
    return header + big + b"".join(struct.pack("<I", n) for n in table)
