"""How the bot tells that it listens, by Redis, and others find out.

`python -m project_manager.heartbeat` ends with 0 while the bot of this container does.
"""

import asyncio
import json
import os
import socket
import sys

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


async def is_ours(url: str) -> bool:
    async with Redis.from_url(url) as redis:
        found = await heartbeat(redis)
    return found is not None and found["instance"] == socket.gethostname()


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(is_ours(os.environ["REDIS_URL"])) else "the bot of this container does not listen")
