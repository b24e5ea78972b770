"""Is this zip archive safe to hand to a workbook reader?"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib

from accounts.tables.limits import MIB, Limits
from accounts.tables.refusal import FileRefused

ENCRYPTED_FLAG = 0x1
CHUNK = 64 * 1024
MOST_PARTS = 2_000
DAMAGED = "This workbook is damaged and cannot be opened. Open it in Excel, save it again as .xlsx and send that."
OTHERWISE_DAMAGED = "This {noun} is damaged and cannot be opened. Open it, save it again and send that."

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    NotImplementedError,
    RuntimeError,
)
"""What zipfile raises on an archive that is broken, on purpose or by accident."""


def weigh(archive: zipfile.ZipFile, *, packed_bytes: int, limits: Limits, noun: str = "workbook") -> None:
    """Refuse an archive that would unpack to more than the limits allow: first by what its directory declares, before
    anything is unpacked, then by unpacking every part in small pieces (a directory may lie; zipfile fails the checksum
    of a part that does not unpack to what it declared).

    Raises FileRefused.
    """
    parts = archive.infolist()
    if any(part.flag_bits & ENCRYPTED_FLAG for part in parts):
        raise FileRefused(f"This {noun} is encrypted. Save it without a password and send it again.")
    declared = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or declared > limits.unpacked_bytes:
        raise FileRefused(
            f"This {noun} is too large: it would unpack to {declared // MIB} MB,"
            f" and the most that can be read is {limits.unpacked_bytes // MIB} MB."
        )
    if declared > limits.compression_matters_above and declared > packed_bytes * limits.compression:
        raise FileRefused(
            f"This {noun} is not safe to open: {packed_bytes // 1024} kB would unpack to {declared // MIB} MB,"
            f" more than any real {noun} does."
        )
    try:
        for part in parts:
            with archive.open(part) as stream:
                while stream.read(CHUNK):
                    pass
    except BROKEN:
        raise FileRefused(DAMAGED if noun == "workbook" else OTHERWISE_DAMAGED.format(noun=noun)) from None
