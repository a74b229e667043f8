"""The chat bot: `python -m project_manager.bot`.

Telegram gives its messages to one listener at a time, so there must never be two. SIGTERM ends it between two messages.
"""

import asyncio
import logging
from contextlib import suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from telegram import Update
from telegram.ext import Application, ApplicationBuilder, CommandHandler, ContextTypes

from project_manager import heartbeat
from project_manager.models import add_project, project_names
from project_manager.settings import Settings, load

MAX_SHOWN = 20


async def answer(update: Update, text: str) -> None:
    if update.effective_message is not None:
        await update.effective_message.reply_text(text)


async def new(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    name = " ".join(context.args or [])[:200]
    if not name:
        await answer(update, "Write its name, too: /new Garden")
        return
    async with AsyncSession(context.bot_data["engine"]) as session:
        await add_project(session, name, "chat")
    await answer(update, f"{name}: made")


async def projects(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    async with AsyncSession(context.bot_data["engine"]) as session:
        names = await project_names(session)
    await answer(update, "\n".join(names[-MAX_SHOWN:]) or "There are no projects yet.")


def create_bot(settings: Settings, redis: Redis | None = None) -> Application:
    if not settings.telegram_bot_token:
        raise ValueError("TELEGRAM_BOT_TOKEN: missing; BotFather gives one")
    redis = redis or Redis.from_url(settings.redis_url)
    engine = create_async_engine(settings.database_url, pool_pre_ping=True)

    async def beats(application: Application) -> None:
        while True:
            listens = application.updater is not None and application.updater.running
            if listens:
                with suppress(RedisError, OSError):
                    await heartbeat.beat(redis, settings.version)
            await asyncio.sleep(heartbeat.EVERY if listens else 0.1)

    async def begin(application: Application) -> None:
        application.bot_data["engine"] = engine
        application.bot_data["beats"] = asyncio.create_task(beats(application))

    async def end(application: Application) -> None:
        application.bot_data["beats"].cancel()
        await heartbeat.stop(redis)
        await redis.aclose()
        await engine.dispose()

    builder = ApplicationBuilder().token(settings.telegram_bot_token).base_url(f"{settings.telegram_api}/bot")
    application = builder.post_init(begin).post_stop(end).build()
    application.add_handler(CommandHandler("new", new))
    application.add_handler(CommandHandler("projects", projects))
    return application


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    # Each request of the bot's has its token in the address.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    create_bot(load()).run_polling(timeout=10)
