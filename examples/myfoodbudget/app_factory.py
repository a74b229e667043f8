"""Puts the application together from a configuration."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from cachelib.file import FileSystemCache
from flask import Flask
from flask_session import Session

import config as configuration
from database import connect
from routes import routes

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def create_app(config=None):
    app = Flask(__name__)
    app.config.from_object(config or configuration.load())
    # Sessions lie beside the database, so that a new version knows who is logged in.
    app.config["SESSION_CACHELIB"] = FileSystemCache(app.config["SESSION_FOLDER"], threshold=10_000, mode=0o600)
    Session(app)
    app.extensions["database"] = connect(app.config["DATABASE_URL"])
    log(app)
    app.register_blueprint(routes)
    app.after_request(secure)
    return app


def secure(response):
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def log(app):
    app.logger.setLevel(app.config["LOG_LEVEL"])
    if app.config["LOG_FOLDER"]:
        file = Path(app.config["LOG_FOLDER"]) / "myfoodbudget.log"
        handler = RotatingFileHandler(file, maxBytes=5_000_000, backupCount=3)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        app.logger.addHandler(handler)
