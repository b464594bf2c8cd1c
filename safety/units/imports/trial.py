"""Read a workbook from standard input and throw it away, with little memory and time.

Run as a process of its own, without Django, before the server reads the same file: what
makes the reader abort, panic or never end does it here. A file that the reader refuses is
no failure: the server then hears the reason itself. Arguments: megabytes, seconds.
"""

from __future__ import annotations

import io
import resource
import sys


def main(megabytes: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import (  # noqa: PLC0415 - within the limits
        CalamineError,
        PasswordError,
        load_workbook,
    )

    try:
        book = load_workbook(io.BytesIO(sys.stdin.buffer.read()))
        sheets = [book.get_sheet_by_name(told.name) for told in book.sheets_metadata]
        for sheet in sheets:
            len(sheet.merged_cell_ranges or ())
    except (CalamineError, PasswordError, OSError, ValueError):
        return


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
