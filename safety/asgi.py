"""The ASGI application: pages and API by Django, the live socket by the hub."""

from __future__ import annotations

import os

import django
from channels.routing import ProtocolTypeRouter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safety.settings")
django.setup(set_prefix=False)

from notifications.live.routes import sockets  # noqa: E402 - needs the apps loaded above
from safety.handler import ThreadedHandler  # noqa: E402 - so too

application = ProtocolTypeRouter({"http": ThreadedHandler(), "websocket": sockets()})
