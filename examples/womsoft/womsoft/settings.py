"""What the service reads from its environment."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Of one process; read once, when it starts."""

    database_url: str
    version: str
    seats: int


def load(environ=os.environ):
    """Raises ValueError with the name of what is wrong, and never with its value."""
    seats = environ.get("SEATS", "5")
    if not seats.isdecimal() or int(seats) == 0:
        raise ValueError("SEATS is not a number of machines; write one, like 5")
    if not environ.get("DATABASE_URL"):
        raise ValueError("DATABASE_URL is missing; write one, like postgresql+psycopg://app:…@db:5432/app")
    return Settings(environ["DATABASE_URL"], environ.get("APP_VERSION", "0.0.0"), int(seats))
