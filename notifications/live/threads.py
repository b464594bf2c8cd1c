"""Database work for the loop, in threads of the hub's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
R = TypeVar("R")


class DatabaseThread:
    """One thread with one connection: work is done in turn, errors give up the connection.

    With a pool the connection goes back after each piece of work; SQLite keeps
    its file open, because opening it costs more than reading it.
    """

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        def done() -> R:
            try:
                result = work(*args, **kwargs)
            except BaseException:
                connection.close()
                raise
            if connection.vendor != "sqlite":
                connection.close()
            return result

        return await asyncio.get_running_loop().run_in_executor(self._executor, done)

    async def stop(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._executor, _close)
        self._executor.shutdown(wait=False)


def _close() -> None:
    """Close the connection of the thread that runs this, not of the one that asks for it."""
    connection.close()
