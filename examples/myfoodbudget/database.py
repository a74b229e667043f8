"""The SQLite file behind the application."""

from sqlalchemy import create_engine, event
from sqlalchemy.pool import StaticPool


def connect(url):
    """An engine whose transactions hold for changes of the schema too, so that half a migration leaves nothing."""
    in_memory = {"poolclass": StaticPool} if url == "sqlite://" else {}
    engine = create_engine(url, connect_args={"timeout": 10, "check_same_thread": False}, **in_memory)

    @event.listens_for(engine, "connect")
    def prepare(connection, _):
        # Python's driver begins no transaction before a change of the schema; SQLAlchemy begins each itself.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection):
        connection.exec_driver_sql("BEGIN")

    return engine
