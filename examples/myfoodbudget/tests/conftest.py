import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config as Alembic

HERE = Path(__file__).parent.parent
sys.path.insert(0, str(HERE))


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """A database with the present schema in a folder of the test's own."""
    monkeypatch.chdir(HERE)
    values = {
        "FLASK_ENV": "production",
        "SECRET_KEY": "0123456789abcdef0123456789abcdef",
        "DATABASE_URL": f"sqlite:///{tmp_path}/budget.db",
        "SESSION_FOLDER": str(tmp_path / "sessions"),
        "APP_VERSION": "1.2.3",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    command.upgrade(Alembic("alembic.ini"), "head")
    return values


@pytest.fixture
def app(environment):
    from app_factory import create_app

    return create_app()
