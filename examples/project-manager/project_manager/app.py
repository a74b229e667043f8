"""Puts the API together: `uvicorn --factory project_manager.app:create_app`."""

from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import create_async_engine

from project_manager.api import api
from project_manager.settings import Settings, load


def create_app(settings: Settings | None = None, redis: Redis | None = None) -> FastAPI:
    """With the settings of the environment and the Redis that they name, unless others are given."""
    settings = settings or load()
    engine = create_async_engine(settings.database_url, pool_pre_ping=True)
    redis = redis or Redis.from_url(settings.redis_url)

    @asynccontextmanager
    async def life(_: FastAPI):
        yield
        await redis.aclose()
        await engine.dispose()

    app = FastAPI(title="Project Manager", version=settings.version, lifespan=life)
    app.state.settings = settings
    app.state.engine = engine
    app.state.redis = redis
    app.include_router(api)
    app.mount("/", StaticFiles(directory=settings.frontend, html=True))
    return app
