"""What API and bot read from their environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Of one process; read once, when it starts."""

    database_url: str
    redis_url: str
    version: str
    github_webhook_secret: str
    telegram_bot_token: str
    telegram_api: str
    frontend: Path


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Raises ValueError with the name of what is missing."""
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not environ.get(name)]
    if environ.get("APP_ENV") == "production":
        missing += [name for name in ("GITHUB_WEBHOOK_SECRET", "TELEGRAM_BOT_TOKEN") if not environ.get(name)]
    if missing:
        raise ValueError(f"{', '.join(missing)}: missing; .env.example has one of each")
    return Settings(
        database_url=environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://"),
        redis_url=environ["REDIS_URL"],
        version=environ.get("APP_VERSION", "0.0.0"),
        github_webhook_secret=environ.get("GITHUB_WEBHOOK_SECRET", ""),
        telegram_bot_token=environ.get("TELEGRAM_BOT_TOKEN", ""),
        telegram_api=environ.get("TELEGRAM_API", "https://api.telegram.org"),
        frontend=Path(environ.get("FRONTEND_FOLDER", "frontend/src")),
    )
