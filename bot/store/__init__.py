"""What must outlive the process, in SQLite or PostgreSQL; the only room that knows SQLAlchemy."""

from bot.core.packages import hold

# SQLAlchemy 2.1 imports with this package its object mapper, a twentieth of the bot's start and
# 8 MiB, and nothing is mapped here: `sqlalchemy.ext.asyncio.engine` alone is used.
hold("sqlalchemy.ext.asyncio")
