"""Many askers, one thread hop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class Batched(Generic[Q, A]):
    """Answer questions in batches: those that arrive while one batch is answered go together.

    A thousand browsers that reconnect at once then cost a few dozen queries
    instead of thousands, and one browser alone does not wait for company.
    """

    def __init__(
        self, answer: Callable[[Sequence[Q]], Awaitable[Sequence[A]]], *, at_most: int
    ) -> None:
        self._answer = answer
        self._at_most = at_most
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        future: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._work())
        return await future

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._at_most], self._waiting[self._at_most :]
            try:
                answers = await self._answer([question for question, _future in batch])
            except Exception as error:  # noqa: BLE001 - it belongs to those who asked
                for _question, future in batch:
                    if not future.done():
                        future.set_exception(error)
            else:
                for (_question, future), answer in zip(batch, answers, strict=True):
                    if not future.done():
                        future.set_result(answer)
