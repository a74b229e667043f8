"""alembic's way to the database: that of the application."""

import asyncio
from logging.config import fileConfig

from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine

from project_manager.models import Base
from project_manager.settings import load

fileConfig(context.config.config_file_name, disable_existing_loggers=False)


def migrate(connection):
    context.configure(connection, target_metadata=Base.metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def run():
    engine = create_async_engine(load().database_url)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


asyncio.run(run())
