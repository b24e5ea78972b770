"""A page of paper, as a file: the smallest PDF that shows some lines."""

from collections.abc import Sequence

WIDTH, HEIGHT = 595, 842  # A4, in points
MARGIN, SIZE, LEADING = 60, 11, 16


def a_page(lines: Sequence[str]) -> bytes:
    """The lines one below the other. Letters that the standard fonts of PDF have not are shown as question marks."""
    written = b" T* ".join(b"(" + _escaped(line) + b") Tj" for line in lines)
    start = f"BT /F1 {SIZE} Tf {LEADING} TL {MARGIN} {HEIGHT - 2 * MARGIN} Td ".encode()
    text = start + written + b" ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents 4 0 R".encode()
        + b" /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n".encode() + text + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    return _with_table_of_contents(objects)


def _with_table_of_contents(objects: Sequence[bytes]) -> bytes:
    file, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(file))
        file += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    begins = len(file)
    file += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    file += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    file += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{begins}\n%%EOF\n".encode()
    return bytes(file)


def _escaped(line: str) -> bytes:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252", "replace")
