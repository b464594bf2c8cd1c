"""What is refused before a workbook is read: bombs, huge sheets, files that end the reader.

Every file that anybody sends passes here before calamine sees it. What is zipped is
unpacked once and counted (``unpacking.py``). What such a pass cannot foresee, and old
workbooks as a whole, are tried in a process of their own (``trial.py``): a small file can
make the reader ask for all the memory there is, and that would end the server.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.utils.translation import gettext as _
from python_calamine import CalamineSheet

from safety.units.imports.refusals import no_workbook, refused, too_large, unusual
from safety.units.imports.unpacking import COLUMNS_MAX, MB, Inspected, unpack

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
CELLS_MAX = 6_000_000
MERGED_MAX = 500_000
TRIAL = Path(__file__).parent / "trial.py"
TRIAL_SECONDS = 30

log = logging.getLogger(__name__)
_one_at_a_time = Lock()  # however many send a file at once, one trial's memory is taken
_VBA = "_VBA_PROJECT".encode("utf-16-le")


def inspect(content: bytes, name: str) -> Inspected:
    """Raise ``Refused`` unless ``content`` is a workbook that may be read."""
    limit = settings.WORKBOOK_MB
    if len(content) > limit * MB:
        raise refused(
            name,
            _("The file is larger than %(limit)d MB.") % {"limit": limit},
            _("Import it in parts, district by district, or take pictures out of it."),
        )
    if content.startswith(OLE):
        found = Inspected(has_macros=_VBA in content)
    elif content.startswith(ZIP):
        found = unpack(content, name)
    else:
        raise no_workbook(name)
    _try(content, name)
    return found


def _try(content: bytes, name: str) -> None:
    """Let a process of its own read ``content`` first: it may end, we may not."""
    limits = [str(settings.WORKBOOK_MEMORY_MB), str(TRIAL_SECONDS)]
    bare = {key: value for key, value in os.environ.items() if not key.startswith("SAFETY_")}
    try:
        with _one_at_a_time:
            done = subprocess.run(  # noqa: S603 - our own file
                [sys.executable, "-I", str(TRIAL), *limits],
                input=content,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=2 * TRIAL_SECONDS,
                check=False,
                env=bare,  # no secret of ours goes where somebody else's file is read
            )
    except (subprocess.TimeoutExpired, OSError) as error:
        log.warning("the trial of a workbook did not end: %s", error)
        raise unusual(name) from error
    if done.returncode:
        log.warning("the trial of a workbook ended with %s: %s", done.returncode, _why(done.stderr))
        raise unusual(name)


def _why(said: bytes) -> str:
    """The first line that is not blank: what follows is a trace of the reader."""
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[0][:200] if lines else ""


def check_sheet(sheet: CalamineSheet, name: str) -> None:
    """Raise ``Refused`` when an opened sheet is larger than its rows may be walked."""
    top, left = sheet.start or (0, 0)
    bottom, right = sheet.end or (0, 0)
    merged = sum(b[0] - t[0] for t, b in sheet.merged_cell_ranges or ())
    rows = settings.WORKBOOK_ROWS
    area = (bottom + 1 - top) * (right + 1 - left)
    if bottom >= rows or right >= COLUMNS_MAX or area > CELLS_MAX or merged > MERGED_MAX:
        raise too_large(name, rows)
