"""alembic's way to the database: that of the application."""

from logging.config import fileConfig

from alembic import context

import config
from database import connect
from models import Base

fileConfig(context.config.config_file_name)
engine = connect(config.load().DATABASE_URL)
with engine.connect() as connection:
    context.configure(connection, target_metadata=Base.metadata, transaction_per_migration=True, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
