"""What the tutorials do, for comparison: one ``group_send``, one consumer task per socket.

Same filing, same server, same channel layer as ours; only the way from the commit to
the sockets differs. It authenticates nobody and replays nothing.
"""

from __future__ import annotations

import os
from typing import Any, cast

from asgiref.sync import async_to_sync
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safety.settings")
django = get_asgi_application()

from notifications.live import doorbell  # noqa: E402 - needs the apps loaded above
from notifications.models import Stream, StreamRow  # noqa: E402

GROUP = "textbook"


class Textbook(AsyncJsonWebsocketConsumer):
    groups = [GROUP]

    async def news(self, event: dict[str, Any]) -> None:
        await cast("Any", self).send_json(event["row"])


def send_news(stream_ids: list[int]) -> None:
    """After the commit: send the newest row of each board to the group, content and all."""
    for stream in Stream.objects.filter(pk__in=stream_ids, kind=Stream.Kind.BOARD, owner=COUNTY):
        row = StreamRow.objects.get(stream=stream, seq=stream.head)
        content = {"mark": row.seq, "kind": row.kind, "payload": row.payload}
        async_to_sync(get_channel_layer().group_send)(GROUP, {"type": "news", "row": content})


COUNTY = int(os.environ["BENCH_BOARD"])
doorbell.on_ring(send_news)

application = ProtocolTypeRouter({"http": django, "websocket": cast("Any", Textbook).as_asgi()})
