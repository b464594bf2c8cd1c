"""LibreOffice for tests that need a real spreadsheet program."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def through_libreoffice(tmp_path: Path) -> Callable[[bytes, str], bytes]:
    """Open a workbook in LibreOffice and save it again as "xlsx" or "xls"."""
    program = shutil.which("soffice")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("libreoffice-calc is missing")
        pytest.skip("libreoffice-calc is not installed")
    filters = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "xls": "xls:MS Excel 97"}

    def convert(content: bytes, kind: str = "xlsx") -> bytes:
        before, after = tmp_path / "before.xlsx", tmp_path / "after"
        before.write_bytes(content)
        subprocess.run(
            [
                *(program, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"),
                *("--convert-to", filters[kind], "--outdir", str(after), str(before)),
            ],
            check=True,
            capture_output=True,
            timeout=300,
        )
        return (after / f"before.{kind}").read_bytes()

    return convert
