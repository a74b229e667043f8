"""Live updates: what the backend announces in Redis goes to every browser that listens."""

import os
import time
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from redis import asyncio as redis

VERSION = os.environ.get("APP_VERSION", "0.0.0")
CHANNEL = "notes"
# A stream ends within the drain time of a deployment, so that none is cut; the browser asks again.
STREAM_SECONDS = float(os.environ.get("STREAM_SECONDS", "20"))

cache = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


@asynccontextmanager
async def lifespan(_: FastAPI):
    yield
    await cache.aclose()


app = FastAPI(title="Platform, live", version=VERSION, lifespan=lifespan)


async def updates():
    async with cache.pubsub(ignore_subscribe_messages=True) as listener:
        await listener.subscribe(CHANNEL)
        yield "retry: 500\n: listening\n\n"
        end = time.monotonic() + STREAM_SECONDS
        while (left := end - time.monotonic()) > 0:
            message = await listener.get_message(timeout=min(left, 5))
            yield ": still here\n\n" if message is None else f"data: {message['data']}\n\n"


@app.get("/live/notes")
async def live() -> StreamingResponse:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(updates(), media_type="text/event-stream", headers=headers)


@app.get("/live/health")
async def health() -> dict:
    await cache.ping()
    return {"status": "ok", "version": VERSION}
