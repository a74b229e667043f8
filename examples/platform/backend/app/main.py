"""The API: notes in Postgres, their list cached in Redis, and each new one announced there."""

import json
import os
from contextlib import asynccontextmanager

import redis
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import Note

VERSION = os.environ.get("APP_VERSION", "0.0.0")
COMMIT = os.environ.get("APP_COMMIT", "unknown")
CHANNEL = "notes"
# Raised by each new note. A list is cached under the generation of before it was read: none is old.
GENERATION = "notes:generation"
CACHED_SECONDS = 60

engine = create_engine(os.environ["DATABASE_URL"], pool_pre_ping=True)
cache = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=2, decode_responses=True)


@asynccontextmanager
async def lifespan(_: FastAPI):
    """Runs until SIGTERM; uvicorn has answered what was in flight by then."""
    yield
    engine.dispose()
    cache.close()


app = FastAPI(title="Platform", version=VERSION, lifespan=lifespan)


class NewNote(BaseModel):
    text: str = Field(min_length=1, max_length=500)


def shown(note: Note) -> dict:
    return {"id": note.id, "text": note.text, "created_at": note.created_at.isoformat()}


@app.get("/api/v1/version")
def version() -> dict:
    return {"version": VERSION, "commit": COMMIT}


@app.get("/api/health")
def health() -> dict:
    """Good when the database answers and has a schema, and the cache answers."""
    with engine.connect() as connection:
        schema = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    cache.ping()
    return {"status": "ok", "schema": schema}


@app.get("/api/v1/notes")
def notes() -> list[dict]:
    key = f"notes:{cache.get(GENERATION) or 0}"
    kept = cache.get(key)
    if kept is not None:
        return json.loads(kept)
    with Session(engine) as session:
        all_notes = [shown(note) for note in session.scalars(select(Note).order_by(Note.id))]
    cache.set(key, json.dumps(all_notes), ex=CACHED_SECONDS)
    return all_notes


@app.post("/api/v1/notes", status_code=201)
def add(new: NewNote) -> dict:
    with Session(engine) as session:
        note = Note(text=new.text)
        session.add(note)
        try:
            session.commit()
        except IntegrityError:
            raise HTTPException(409, "a note of this text is there already") from None
        answer = shown(note)
    try:
        cache.incr(GENERATION)
        cache.publish(CHANNEL, json.dumps(answer))
    except redis.RedisError:
        # The note is kept; the list is a minute late.
        pass
    return answer
