"""Puts the service together: `uvicorn --factory womsoft.app:create_app`."""

from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from sqlalchemy import create_engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from womsoft.api import api
from womsoft.models import Activation
from womsoft.settings import Settings, load


def create_app(settings: Settings | None = None) -> FastAPI:
    """With the settings of the environment, unless others are given."""
    settings = settings or load()
    engine = create_engine(settings.database_url, pool_pre_ping=True)

    @asynccontextmanager
    async def life(_: FastAPI):
        yield
        engine.dispose()

    app = FastAPI(title="WomSoft Server", version=settings.version, lifespan=life)
    app.state.settings = settings
    app.state.engine = engine
    app.include_router(api)

    @app.get("/health")
    def health(request: Request, response: Response) -> dict[str, str]:
        """Good while the database answers for the schema that this version needs."""
        try:
            with Session(request.app.state.engine) as session:
                session.scalar(select(Activation.id).limit(1))
        except SQLAlchemyError:
            response.status_code = 503
            return {"status": "unhealthy", "database": "unavailable"}
        return {"status": "healthy", "database": "available"}

    @app.get("/version")
    def version() -> dict[str, str]:
        """The version that was built into the image."""
        return {"version": settings.version}

    return app
