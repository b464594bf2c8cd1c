"""Answer each request in one piece, by one thread of a pool.

Django's own ASGI handler goes back and forth between the loop and a new thread for every
signal, middleware and view, which on a busy server costs more than the view itself. All our
pages are synchronous: body in, one visit to a thread, answer out. The number of threads also
bounds how many requests compete for the interpreter and the database; the rest wait their turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import response_for_exception
from django.http.response import HttpResponse, HttpResponseBase
from django.urls import set_script_prefix

Scope = dict[str, Any]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class ThreadedHandler(ASGIHandler):
    """Django's handler for HTTP, with the whole stack of middleware run synchronously."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)  # not ASGIHandler's, which would load the stack for the loop
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(settings.THREADS, thread_name_prefix="request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"Django answers HTTP, not {scope['type']}.")
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        try:
            response = await self._in_thread(self._answer, scope, body)
            await self.send_response(response, send)
        finally:
            body.close()

    async def _in_thread(self, work: Callable[..., Any], *args: Any) -> Any:
        """Run ``work`` in a context of its own: language and address prefix stay in there."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, copy_context().run, work, *args)

    def _answer(self, scope: Scope, body: Any) -> HttpResponse:
        """All that may touch the database, from the first signal to the last."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refused = self.create_request(scope, body)
        response: Any = refused if request is None else self.get_response(request)
        response._handler_class = self.__class__  # noqa: SLF001 - whom the last signal names
        try:
            return _whole(response)
        except Exception as error:  # midway in a stream, of which nothing went out yet
            if request is None:
                raise
            return _whole(response_for_exception(request, error))
        finally:
            response.close()


def _whole(response: HttpResponseBase) -> HttpResponse:
    """``response`` with its content at hand: made while it is sent, it would be made elsewhere."""
    if isinstance(response, HttpResponse):
        return response
    parts: Iterable[bytes] = response.streaming_content  # type: ignore[attr-defined]
    whole = HttpResponse(b"".join(parts), status=response.status_code)
    whole.headers = response.headers
    whole.cookies = response.cookies
    return whole
