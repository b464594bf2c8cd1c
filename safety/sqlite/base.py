"""SQLite with one writer at a time inside the process.

Transactions begin IMMEDIATE, so two of them in one process would meet in
SQLite's busy handler, whose back-off makes the slowest of eight writers wait
hundreds of milliseconds. A lock taken before BEGIN lets them queue in turn.
Other processes still meet in the busy handler, which is its job.
"""

from __future__ import annotations

import threading
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

_writer = threading.Lock()


# The stubs leave out the private methods that Django itself calls: hence type: ignore[misc].
class DatabaseWrapper(base.DatabaseWrapper):
    """Django's SQLite wrapper, taking the process-wide writer lock around transactions."""

    _writing = False

    def _start_transaction_under_autocommit(self) -> None:
        wait_s = self.settings_dict.get("OPTIONS", {}).get("timeout", 20)
        if not _writer.acquire(timeout=wait_s):
            raise OperationalError("database is locked by another writer of this process")
        self._writing = True
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._let_go()
            raise

    def _commit(self) -> Any:
        result = super()._commit()  # type: ignore[misc]
        self._let_go()
        return result

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._let_go()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._let_go()

    def _let_go(self) -> None:
        if self._writing:
            self._writing = False
            _writer.release()
