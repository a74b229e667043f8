"""What the application reads from its environment; each environment has a class of its own."""

import os
from datetime import timedelta
from pathlib import Path


class ConfigurationError(Exception):
    """The environment lacks something, or has it wrong. The message names it, and never its value."""


class Config:
    DEBUG = False
    TESTING = False
    MIN_SECRET_LENGTH = 32
    SESSION_TYPE = "cachelib"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = False

    def __init__(self, environ=os.environ):
        self.SECRET_KEY = environ.get("SECRET_KEY", "")
        self.DATABASE_URL = environ.get("DATABASE_URL", "sqlite:///data/myfoodbudget.db")
        self.SESSION_FOLDER = environ.get("SESSION_FOLDER", "data/flask_session")
        self.LOG_FOLDER = environ.get("LOG_FOLDER", "")
        self.LOG_LEVEL = environ.get("LOG_LEVEL", "INFO").upper()
        self.APP_VERSION = environ.get("APP_VERSION", "0.0.0")
        minutes = environ.get("SESSION_LIFETIME_MINUTES", "60")
        if not minutes.isdecimal() or int(minutes) == 0:
            raise ConfigurationError("SESSION_LIFETIME_MINUTES is not a number of minutes; write one, like 60")
        self.PERMANENT_SESSION_LIFETIME = timedelta(minutes=int(minutes))
        self.check()

    def check(self):
        """Refuses to start with what could not work, before a request finds out."""
        if len(self.SECRET_KEY) < self.MIN_SECRET_LENGTH:
            raise ConfigurationError(
                f"SECRET_KEY has fewer than {self.MIN_SECRET_LENGTH} characters; make one by `openssl rand -hex 32`"
            )
        if self.LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ConfigurationError("LOG_LEVEL is none of DEBUG, INFO, WARNING and ERROR")


class DevelopmentConfig(Config):
    DEBUG = True
    MIN_SECRET_LENGTH = 1


class TestingConfig(Config):
    TESTING = True
    MIN_SECRET_LENGTH = 1

    def __init__(self, environ=os.environ):
        testing = {
            "SECRET_KEY": "testing",
            "DATABASE_URL": "sqlite://",
            "SESSION_LIFETIME_MINUTES": "1",
            "LOG_LEVEL": "DEBUG",
        }
        super().__init__({**testing, **environ})


class ProductionConfig(Config):
    def check(self):
        super().check()
        if not self.DATABASE_URL.startswith("sqlite:///"):
            raise ConfigurationError("DATABASE_URL names no file; write one, like sqlite:///data/myfoodbudget.db")
        folder = Path(self.DATABASE_URL.removeprefix("sqlite:///")).parent
        if not os.access(folder, os.W_OK):
            raise ConfigurationError(f"DATABASE_URL: the folder {folder} cannot be written; mount one that can")


CONFIGS = {"development": DevelopmentConfig, "testing": TestingConfig, "production": ProductionConfig}


def load(environ=os.environ):
    """The configuration that FLASK_ENV names; `production` without it."""
    name = environ.get("FLASK_ENV", "production")
    if name not in CONFIGS:
        raise ConfigurationError(f"FLASK_ENV is none of {', '.join(CONFIGS)}")
    return CONFIGS[name](environ)
