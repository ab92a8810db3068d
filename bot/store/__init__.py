"""What must outlive the process, in SQLite or PostgreSQL; the only room that knows SQLAlchemy."""
