"""How large a file may be before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The most that one file may cost to read. A workbook is a zip archive, so its size on disk says little
    about its size in memory: both are bounded, and so is how far it may be compressed."""

    bytes: int = 50 * MIB
    unpacked_bytes: int = 160 * MIB
    compression: int = 200
    """Unpacked bytes for each packed byte; real workbooks stay under 40, an archive made to exhaust memory
    reaches 1,000."""
    rows: int = 250_000
    columns: int = 500

    compression_matters_above: int = 16 * MIB
    """Small files may compress as well as they like."""


USUAL = Limits()
