import os
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text

from womsoft import openapi
from womsoft.app import create_app
from womsoft.settings import Settings, load

HERE = Path(__file__).parent.parent


@pytest.fixture
def client(tmp_path, monkeypatch):
    """With a database of DATABASE_URL, as the pipeline gives one, or else with a file."""
    monkeypatch.chdir(HERE)
    url = os.environ.get("DATABASE_URL", f"sqlite:///{tmp_path}/womsoft.db")
    url = url.replace("postgresql://", "postgresql+psycopg://")
    monkeypatch.setenv("DATABASE_URL", url)
    command.upgrade(Config("alembic.ini"), "head")
    with TestClient(create_app(Settings(url, "1.2.3", seats=2))) as client:
        yield client
    command.downgrade(Config("alembic.ini"), "base")


def activate(client, machine, licence="WS-1"):
    return client.post("/api/v1/activations", json={"licence": licence, "machine": machine}).status_code


def test_a_licence_is_activated_on_as_many_machines_as_it_has_seats(client):
    assert [activate(client, machine) for machine in ("a", "b", "c")] == [201, 201, 409]
    assert activate(client, "c", licence="WS-2") == 201
    assert client.get("/api/v1/licences/WS-1").json() == {"licence": "WS-1", "machines": ["a", "b"], "seats": 2}


def test_a_seat_that_is_given_back_can_be_taken_again(client):
    activate(client, "a")
    assert activate(client, "a") == 409
    assert client.delete("/api/v1/licences/WS-1/machines/a").status_code == 204
    assert client.delete("/api/v1/licences/WS-1/machines/a").status_code == 404
    assert activate(client, "a") == 201


def test_what_names_no_machine_is_refused(client):
    assert activate(client, "") == 422


def test_health_looks_at_the_database_and_its_schema(client):
    assert client.get("/health").status_code == 200
    with create_engine(os.environ["DATABASE_URL"]).begin() as connection:
        connection.execute(text("ALTER TABLE activations RENAME TO gone"))
    assert client.get("/health").json() == {"status": "unhealthy", "database": "unavailable"}
    with create_engine(os.environ["DATABASE_URL"]).begin() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO activations"))


def test_the_version_is_the_one_that_was_built(client):
    assert client.get("/version").json() == {"version": "1.2.3"}


@pytest.mark.parametrize("environ, name", [({}, "DATABASE_URL"), ({"SEATS": "many"}, "SEATS")])
def test_a_wrong_environment_is_refused_with_its_name(environ, name):
    with pytest.raises(ValueError, match=f"^{name} is"):
        load(environ)


def test_the_documentation_says_what_the_code_does():
    path = HERE / "docs/openapi.json"
    assert path.read_text() == openapi.render(), f"run: python -m womsoft.openapi {path.relative_to(HERE)}"
