import asyncio
import hashlib
import hmac
import os
from pathlib import Path

import fakeredis
import pytest
from alembic import command
from alembic.config import Config
from fastapi.testclient import TestClient

from project_manager import heartbeat
from project_manager.app import create_app
from project_manager.bot import create_bot
from project_manager.settings import load

HERE = Path(__file__).parent.parent
SECRET = "webhook-secret"


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """With the database of DATABASE_URL, as the pipeline gives one, or else a file."""
    monkeypatch.chdir(HERE)
    monkeypatch.setenv("DATABASE_URL", os.environ.get("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/test.db"))
    monkeypatch.setenv("REDIS_URL", os.environ.get("REDIS_URL", "redis://127.0.0.1:1/0"))
    monkeypatch.setenv("GITHUB_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("APP_VERSION", "1.2.3")
    command.upgrade(Config("alembic.ini"), "head")
    yield load()
    command.downgrade(Config("alembic.ini"), "base")


@pytest.fixture
def redis():
    return fakeredis.FakeAsyncRedis()


@pytest.fixture
def client(settings, redis):
    with TestClient(create_app(settings, redis)) as client:
        yield client


def deliver(client, number, body=b'{"repository": {"full_name": "anna/shop"}}', secret=SECRET, event="push"):
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"x-github-event": event, "x-github-delivery": number, "x-hub-signature-256": signature}
    return client.post("/webhook/github", content=body, headers=headers)


def test_projects_are_listed_in_the_order_in_which_they_were_made(client):
    for name in ("Garden", "Attic"):
        assert client.post("/api/projects", json={"name": name}).status_code == 201
    assert client.get("/api/projects").json() == ["Garden", "Attic"]
    assert client.post("/api/projects", json={"name": ""}).status_code == 422


def test_each_delivery_of_github_counts_once(client):
    assert deliver(client, "1").json() == {"result": "taken"}
    assert deliver(client, "1").json() == {"result": "known"}
    assert deliver(client, "2", event="ping").json() == {"result": "pong"}
    assert client.get("/api/events").json() == ["push in anna/shop"]


def test_a_delivery_that_is_not_githubs_is_refused(client):
    assert deliver(client, "1", secret="another").status_code == 401
    assert client.get("/api/events").json() == []


def test_health_names_what_does_not_answer(client, redis, settings):
    assert client.get("/health").json() == {"status": "healthy", "database": "available", "redis": "available"}
    with TestClient(create_app(settings)) as lonely:
        answer = lonely.get("/health")
    if os.environ["REDIS_URL"].endswith(":1/0"):
        assert (answer.status_code, answer.json()["redis"]) == (503, "unavailable")


def test_the_bots_silence_is_told(client, redis):
    assert client.get("/health/bot").status_code == 503
    client.portal.call(heartbeat.beat, redis, "1.2.3")
    assert client.get("/health/bot").json() == {"status": "listening", "version": "1.2.3"}


def test_version_and_frontend_are_served(client):
    assert client.get("/version").json() == {"version": "1.2.3"}
    assert "<title>Project Manager</title>" in client.get("/").text


def test_the_bot_needs_a_token_and_knows_its_commands(settings, redis):
    with pytest.raises(ValueError, match="TELEGRAM_BOT_TOKEN"):
        create_bot(settings, redis)
    bot = create_bot(load({**os.environ, "TELEGRAM_BOT_TOKEN": "1:token"}), redis)
    assert {word for group in bot.handlers.values() for one in group for word in one.commands} == {"new", "projects"}
    asyncio.run(redis.aclose())


def test_in_production_all_secrets_are_needed():
    with pytest.raises(
        ValueError, match="^DATABASE_URL, REDIS_URL, GITHUB_WEBHOOK_SECRET, TELEGRAM_BOT_TOKEN: missing"
    ):
        load({"APP_ENV": "production"})
