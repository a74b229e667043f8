"""How the bot tells that it listens, by Redis, and others find out."""

import json
import socket

from redis.asyncio import Redis

KEY = "bot"
#: Seconds between two beats, and after which a bot that gave none is silent.
EVERY, SILENT = 2, 10


async def beat(redis: Redis, version: str) -> None:
    await redis.set(KEY, json.dumps({"instance": socket.gethostname(), "version": version}), ex=SILENT)


async def heartbeat(redis: Redis) -> dict[str, str] | None:
    """Of the bot that listens; None where none does."""
    text = await redis.get(KEY)
    return None if text is None else json.loads(text)


async def stop(redis: Redis) -> None:
    await redis.delete(KEY)
