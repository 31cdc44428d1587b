#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""shrink.py FILE.png...: rewrites 8-bit RGB pictures with a palette of 256 colours, a third
of the size."""
import struct
import sys
import zlib
from collections import Counter
from pathlib import Path


def unfilter(data, height, stride, step):
    """The bytes of every row, PNG filters undone."""
    rows, above, at = [], bytearray(stride), 0
    for _ in range(height):
        kind, row = data[at], bytearray(data[at + 1:at + 1 + stride])
        for i in range(stride if kind else 0):
            left = row[i - step] if i >= step else 0
            up = above[i]
            if kind == 4:
                corner = above[i - step] if i >= step else 0
                near = [abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)]
                guess = (left, up, corner)[near.index(min(near))]
            else:
                guess = (0, left, up, (left + up) // 2)[kind]
            row[i] = (row[i] + guess) & 255
        rows.append(row)
        above, at = row, at + 1 + stride
    return rows


def variance(box, counts):
    """Of the colours of a box: the largest of the three sums of squares, its channel, the mean there."""
    total = sum(counts[c] for c in box)
    means = [sum(c[k] * counts[c] for c in box) / total for k in range(3)]
    return max((sum((c[k] - means[k]) ** 2 * counts[c] for c in box), k, means[k]) for k in range(3))


def palette_of(counts, size):
    """At most `size` boxes of like colours: the one with the largest variance is split at its mean."""
    boxes = [(variance(counts, counts), list(counts))]
    while len(boxes) < size:
        worst = max(range(len(boxes)), key=lambda i: boxes[i][0])
        (spread, axis, mean), box = boxes[worst]
        if spread == 0:
            break
        parts = [c for c in box if c[axis] <= mean], [c for c in box if c[axis] > mean]
        boxes[worst:worst + 1] = [(variance(part, counts), part) for part in parts]
    colours, index = bytearray(), {}
    for number, (_, box) in enumerate(boxes):
        total = sum(counts[c] for c in box)
        colours += bytes(round(sum(c[k] * counts[c] for c in box) / total) for k in range(3))
        index.update((c, number) for c in box)
    return colours, index


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def shrink(path):
    png, at, packed = path.read_bytes(), 8, b""
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + length]
        if name == b"IHDR":
            width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", body)
        elif name == b"IDAT":
            packed += body
        at += length + 12
    if (depth, interlaced) != (8, 0) or kind not in (2, 6):
        return
    step = 3 if kind == 2 else 4
    rows = unfilter(zlib.decompress(packed), height, width * step, step)
    pixels = [[tuple(row[i:i + 3]) for i in range(0, len(row), step)] for row in rows]
    colours, index = palette_of(Counter(c for row in pixels for c in row), 256)
    data = b"".join(b"\0" + bytes(index[c] for c in row) for row in pixels)
    path.write_bytes(png[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
                     + chunk(b"PLTE", bytes(colours))
                     + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b""))


for file in sys.argv[1:]:
    shrink(Path(file))
