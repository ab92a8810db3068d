"""The steps from an empty database to the tables of today; run only by `bot.store.migrate`."""
