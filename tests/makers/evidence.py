"""Small files of every kind that may be attached, and what makes them files that may not."""

import io
import zipfile

from PIL import Image

CONTENT_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def office(main: str, part: str, *, also: str = "", link: str = "", types: bytes = b"", **parts: bytes) -> bytes:
    """An Office document: `main` is the type of its main `part`, `also` that of another, `link` the type of what it
    takes from elsewhere, `types` its list of parts instead of a right one."""
    overrides = f'<Override PartName="/{part}" ContentType="{main}"/>'
    if also:
        overrides += f'<Override PartName="/other.xml" ContentType="{also}"/>'
    names = "http://schemas.openxmlformats.org/package/2006/content-types"
    listed = types or f'<Types xmlns="{names}">{overrides}</Types>'.encode()
    links = (
        f'<Relationship TargetMode="External" Id="r1" Target="https://elsewhere.example/x" Type="{RELATION}/{link}"/>'
        if link
        else ""
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", listed)
        made.writestr(
            f"{part.split('/')[0]}/_rels/x.rels", f'<Relationships xmlns="{RELATION}">{links}</Relationships>'
        )
        made.writestr(part, "<document/>")
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


def docx(main: str = CONTENT_TYPES["docx"], **more: object) -> bytes:
    return office(main, "word/document.xml", **more)  # type: ignore[arg-type]


def xlsx(main: str = CONTENT_TYPES["xlsx"], **more: object) -> bytes:
    return office(main, "xl/workbook.xml", **more)  # type: ignore[arg-type]


def picture(kind: str) -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((60, 40), 20).convert("RGB").save(stream, kind)
    return stream.getvalue()
