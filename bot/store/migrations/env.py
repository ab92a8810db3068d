"""What Alembic asks for: the connection that `bot.store.migrate` opened, and the tables."""

from alembic import context

from bot.store.schema import METADATA

# The caller holds the lock and the transaction; Alembic commits nothing by itself.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
