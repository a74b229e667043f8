import asyncio
import os

os.environ["REDIS_URL"] = "redis://nowhere"

import fakeredis  # noqa: E402
from fastapi.testclient import TestClient  # noqa: E402

from app import main  # noqa: E402


def test_what_is_announced_reaches_a_listener_and_the_stream_ends_by_itself(monkeypatch):
    async def listen():
        monkeypatch.setattr(main, "cache", fakeredis.FakeAsyncRedis(decode_responses=True))
        monkeypatch.setattr(main, "STREAM_SECONDS", 0.5)
        lines = []
        async for line in main.updates():
            if not lines:
                await main.cache.publish(main.CHANNEL, '{"text": "hello"}')
            lines.append(line)
        return lines

    lines = asyncio.run(listen())
    assert lines[0].endswith(": listening\n\n")
    assert 'data: {"text": "hello"}\n\n' in lines


def test_health_looks_at_the_cache(monkeypatch):
    monkeypatch.setattr(main, "cache", fakeredis.FakeAsyncRedis())
    assert TestClient(main.app).get("/live/health").json()["status"] == "ok"
