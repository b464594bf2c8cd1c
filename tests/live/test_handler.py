"""Requests are answered whole, each by one of a limited number of threads."""

from __future__ import annotations

import asyncio
import threading
from time import sleep

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.signals import request_finished
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils.translation import get_language

from safety.handler import ThreadedHandler

seen: list[int] = []
running = threading.Semaphore(0)
most = 0
now_running = 0
lock = threading.Lock()


def slow(request):
    global most, now_running  # noqa: PLW0603 - the view stands outside of the test
    with lock:
        now_running += 1
        most = max(most, now_running)
    sleep(0.05)
    with lock:
        now_running -= 1
    return HttpResponse(threading.current_thread().name)


def language(request):
    sleep(0.02)
    return HttpResponse(get_language() or "")


def pieces(request):
    answer = StreamingHttpResponse((part for part in (b"one ", b"two")), content_type="text/plain")
    answer["X-Kept"] = "yes"
    return answer


def breaks(request):
    raise RuntimeError("a fault in a view")


def stops(request):
    def parts():
        yield b"one "
        raise RuntimeError("a fault in a piece")

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("slow", slow),
    path("language", language),
    path("pieces", pieces),
    path("breaks", breaks),
    path("stops", stops),
]


async def ask(handler, target, **headers):
    scope = {
        "type": "http",
        "method": "GET",
        "path": target,
        "query_string": b"",
        "headers": [(b"host", b"localhost")]
        + [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    caller = ApplicationCommunicator(handler, scope)
    await caller.send_input({"type": "http.request", "body": b""})
    start = await caller.receive_output(5)
    body = b""
    more = True
    while more:
        part = await caller.receive_output(5)
        body, more = body + part["body"], part.get("more_body", False)
    await caller.wait(5)
    return start["status"], dict(start["headers"]), body.decode()


@pytest.fixture
def handler(settings):
    settings.ROOT_URLCONF = __name__
    settings.THREADS = 3
    settings.MIDDLEWARE = ["django.middleware.locale.LocaleMiddleware"]
    settings.ALLOWED_HOSTS = ["localhost"]
    return ThreadedHandler()


async def test_no_more_requests_run_at_once_than_there_are_threads(handler):
    answers = await asyncio.gather(*(ask(handler, "/slow") for _ in range(9)))

    assert [status for status, _headers, _body in answers] == [200] * 9
    assert most == 3
    assert {body for _status, _headers, body in answers} <= {f"request_{n}" for n in range(3)}


async def test_each_caller_gets_the_own_language_though_threads_are_shared(handler):
    wanted = ["zh-hans", "en"] * 6

    answers = await asyncio.gather(
        *(ask(handler, "/language", accept_language=code) for code in wanted)
    )

    assert [body for _status, _headers, body in answers] == wanted


async def test_an_answer_in_pieces_arrives_whole_with_its_headers(handler):
    status, headers, body = await ask(handler, "/pieces")

    assert (status, body) == (200, "one two")
    assert headers[b"X-Kept"] == b"yes"
    assert headers[b"Content-Type"] == b"text/plain"


async def test_a_fault_of_one_request_is_its_own(handler, caplog):
    broken, fine = await asyncio.gather(ask(handler, "/breaks"), ask(handler, "/language"))

    assert broken[0] == 500
    assert "a fault in a view" not in broken[2]
    assert fine[0] == 200


async def test_a_fault_midway_in_pieces_is_a_fault_and_ends_the_request(handler, caplog):
    ended = []

    def ending(**_told):
        ended.append(threading.current_thread().name)

    request_finished.connect(ending)
    try:
        status, _headers, body = await ask(handler, "/stops")
    finally:
        request_finished.disconnect(ending)

    assert status == 500
    assert "one " not in body
    assert "a fault in a piece" not in body
    assert "a fault in a piece" in caplog.text
    assert len(ended) == 1
    assert ended[0].startswith("request_")


async def test_a_caller_who_leaves_before_the_end_of_the_body_is_not_answered(handler):
    caller = ApplicationCommunicator(
        handler, {"type": "http", "method": "POST", "path": "/slow", "headers": []}
    )

    await caller.send_input({"type": "http.disconnect"})

    await caller.wait(5)
    assert await caller.receive_nothing()
