"""Requests whose body is too large are refused while it arrives, instead of after it was kept.

Daphne reads a body to its end before the application can say no. Up to ``BODY_MAX``
that is welcome: the reader gets a page that explains. Beyond it nobody is owed one.
"""

from __future__ import annotations

from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from django.conf import settings

BODY_MAX = 4 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
REFUSAL = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class CappedRequest(WebRequest):
    """A request that keeps at most ``BODY_MAX`` bytes, announced or not."""

    content: Any
    channel: Any
    _is_refused = False

    def gotLength(self, length: int | None) -> None:  # noqa: N802 - Twisted's name
        super().gotLength(min(length, BODY_MAX) if length else length)
        if length and length > BODY_MAX:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        if self._is_refused:
            return
        if self.content.tell() + len(data) > BODY_MAX:
            self._refuse()
        else:
            super().handleContentChunk(data)

    def _refuse(self) -> None:
        self._is_refused = True
        self.channel.transport.write(REFUSAL)
        self.channel.loseConnection()

    def process(self) -> Any:
        """Nothing is done for a refused request, even if all of it has arrived."""
        return None if self._is_refused else super().process()


class CappedFactory(HTTPFactory):
    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 - Twisted's name
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = CappedRequest
        return protocol
