"""The ASGI application: pages and API by Django, the live socket by the hub."""

from __future__ import annotations

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safety.settings")
django = get_asgi_application()

from notifications.live.routes import sockets  # noqa: E402 - needs the apps loaded above

application = ProtocolTypeRouter({"http": django, "websocket": sockets()})
