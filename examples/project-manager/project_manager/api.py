"""What people and GitHub ask."""

import hashlib
import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from pydantic import BaseModel, Field
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from project_manager.heartbeat import heartbeat
from project_manager.models import Event, Project, add_project, project_names

api = APIRouter()
#: Seconds for which a delivery of GitHub's is known to have been taken.
REMEMBERED = 86_400


async def database(request: Request):
    async with AsyncSession(request.app.state.engine, expire_on_commit=False) as session:
        yield session


Database = Annotated[AsyncSession, Depends(database)]


class NewProject(BaseModel):
    name: str = Field(min_length=1, max_length=200)


@api.post("/api/projects", status_code=201)
async def create(wanted: NewProject, db: Database) -> dict[str, str | int]:
    project = await add_project(db, wanted.name, "api")
    return {"id": project.id, "name": project.name}


@api.get("/api/projects")
async def projects(db: Database) -> list[str]:
    return await project_names(db)


@api.get("/api/events")
async def events(db: Database) -> list[str]:
    """What GitHub told of, the latest first."""
    return list(await db.scalars(select(Event.summary).order_by(Event.id.desc()).limit(20)))


@api.post("/webhook/github", status_code=202)
async def webhook(
    request: Request,
    db: Database,
    x_github_event: Annotated[str, Header()],
    x_github_delivery: Annotated[str, Header(max_length=64)],
    x_hub_signature_256: Annotated[str, Header()] = "",
) -> dict[str, str]:
    """Takes each delivery once, as GitHub repeats what it is not sure of; 401 for what is not GitHub's."""
    body = await request.body()
    secret = request.app.state.settings.github_webhook_secret.encode()
    signature = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    if not secret or not hmac.compare_digest(signature.encode(), x_hub_signature_256.encode()):
        raise HTTPException(401, "the signature is not that of GITHUB_WEBHOOK_SECRET")
    if x_github_event == "ping":
        return {"result": "pong"}
    key = f"delivery:{x_github_delivery}"
    if not await request.app.state.redis.set(key, "1", nx=True, ex=REMEMBERED):
        return {"result": "known"}
    try:
        name = (await request.json()).get("repository", {}).get("full_name", "?")
        db.add(Event(delivery=x_github_delivery, kind=x_github_event, summary=f"{x_github_event} in {name}"))
        await db.commit()
    except Exception:
        await request.app.state.redis.delete(key)
        raise
    return {"result": "taken"}


@api.get("/health")
async def health(request: Request, response: Response, db: Database) -> dict[str, str]:
    """Good while database, with this version's schema, and Redis answer."""
    found = {"database": "available", "redis": "available"}
    try:
        await db.scalar(select(Project.id).limit(1))
    except (SQLAlchemyError, OSError):
        found["database"] = "unavailable"
    try:
        await request.app.state.redis.ping()
    except (RedisError, OSError):
        found["redis"] = "unavailable"
    if "unavailable" in found.values():
        response.status_code = 503
    return {"status": "healthy" if response.status_code != 503 else "unhealthy", **found}


@api.get("/health/bot")
async def bot(request: Request, response: Response) -> dict[str, str]:
    """Good while the bot says that it listens; which version it is."""
    beat = await heartbeat(request.app.state.redis)
    if beat is None:
        response.status_code = 503
        return {"status": "silent"}
    return {"status": "listening", "version": beat["version"]}


@api.get("/version")
async def version(request: Request) -> dict[str, str]:
    return {"version": request.app.state.settings.version}
