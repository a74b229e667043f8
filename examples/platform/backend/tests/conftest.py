import os

import pytest

os.environ["DATABASE_URL"] = "sqlite://"
os.environ["REDIS_URL"] = "redis://nowhere"

import fakeredis  # noqa: E402
from fastapi.testclient import TestClient  # noqa: E402
from sqlalchemy import create_engine, text  # noqa: E402
from sqlalchemy.pool import StaticPool  # noqa: E402

from app import main  # noqa: E402
from app.models import Base  # noqa: E402


@pytest.fixture
def client(monkeypatch):
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('1f0a6c2e7b41')"))
    monkeypatch.setattr(main, "engine", engine)
    monkeypatch.setattr(main, "cache", fakeredis.FakeRedis(decode_responses=True))
    return TestClient(main.app, raise_server_exceptions=False)
