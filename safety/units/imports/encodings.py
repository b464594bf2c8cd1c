"""Which encoding a text file is in: Excel in China writes GB18030, everybody else UTF-8."""

from __future__ import annotations

import codecs
from pathlib import Path

CHUNK = 1 << 20
# A UTF-8 file with a few damaged bytes stays UTF-8: its damaged cells are then named.
DAMAGED_SHARE = 0.02
LOST = "\N{REPLACEMENT CHARACTER}"


def encoding_of(path: Path) -> str:
    """The encoding of ``path``. Read it with ``errors="replace"``: damage shows as U+FFFD."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    utf8, gb = _damage(path, "utf-8"), _damage(path, "gb18030")
    return "utf-8" if utf8 <= DAMAGED_SHARE or utf8 <= gb else "gb18030"


def _damage(path: Path, encoding: str) -> float:
    """Share of the characters beyond ASCII that ``encoding`` cannot decode."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    damaged = beyond = 0
    genuine = LOST.encode(encoding)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            text = decoder.decode(chunk)
            # What was lost before and is written in the file is not our damage.
            damaged += max(0, text.count(LOST) - chunk.count(genuine))
            beyond += len(text) - len(text.encode("ascii", "ignore"))
    return damaged / beyond if beyond else 0.0
