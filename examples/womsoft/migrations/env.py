"""alembic's way to the database: that of the service."""

from logging.config import fileConfig

from alembic import context
from sqlalchemy import create_engine

from womsoft.models import Base
from womsoft.settings import load

fileConfig(context.config.config_file_name)
with create_engine(load().database_url).connect() as connection:
    context.configure(connection, target_metadata=Base.metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
