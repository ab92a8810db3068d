"""The tables, as the newest migration leaves them.

Times are whole microseconds since 1970 in UTC, the same on both databases, and are aware
datetimes in Python. Bodies are bytes: text columns of PostgreSQL refuse the NUL that a log
line may carry.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

REVISION = "0005"
"""The newest migration; a test holds it equal to the files in `migrations/versions`."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return microseconds; a datetime without a zone is a bug and raises TypeError."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC."""
        return None if value is None else EPOCH + value * MICROSECOND


METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

INBOUND = Table(
    "inbound",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("seen_at", Instant, nullable=False),
    Index("ix_inbound_seen_at", "seen_at"),
)
"""What arrived already, so that its second delivery does nothing."""

RESULTS = Table(
    "results",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    # Covers the sum of the sizes from the newest on, so that trimming reads no payload.
    Index("ix_results_created_at", "created_at", "id", "size"),
    Index("ix_results_expires_at", "expires_at"),
)
"""Answers that filters, pages and Share buttons still serve."""

OUTBOX = Table(
    "outbox",
    METADATA,
    # SQLite numbers rows by itself only in a column of exactly the type INTEGER.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("channel", Text, nullable=False),
    Column("dedupe_key", Text, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("lease_owner", Text),
    Column("lease_until", Instant),
    Column("closed_at", Instant),
    Column("sent_ts", Text),
    # The open messages of a channel in their order; and what was closed long ago.
    Index("ix_outbox_closed_at", "closed_at", "channel", "id"),
    # Numbers are never used twice: a late answer must not close another message.
    sqlite_autoincrement=True,
)
"""Messages that must arrive; open while `closed_at` is null, abandoned without a `sent_ts`."""

DEFAULTS = Table(
    "defaults",
    METADATA,
    Column("person", Text, primary_key=True),
    Column("context", Text, nullable=False),
    Column("namespace", Text, nullable=False),
    Column("kept_at", Instant, nullable=False),
)
"""Where each person's requests go while neither they nor the place say otherwise; an empty
namespace is the context's own default."""

AUDIT = Table(
    "audit",
    METADATA,
    Column("chain", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("person", Text, nullable=False),
    Column("namespace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("request", Text, nullable=False),
    Index("ix_audit_at", "at", "chain", "seq"),
    Index("ix_audit_person", "person", "at"),
    Index("ix_audit_request", "request"),
)
"""What happened, chained by the digests; the other columns only help to find a record."""

AUDIT_CHAINS = Table(
    "audit_chains",
    METADATA,
    Column("chain", Text, primary_key=True),
    Column("touched_at", Instant, nullable=False),
    Column("head_seq", BigInteger, nullable=False),
    Column("head_digest", LargeBinary, nullable=False),
    Column("head_seal", LargeBinary, nullable=False),
    Column("floor_seq", BigInteger, nullable=False),
    Column("floor_digest", LargeBinary, nullable=False),
    Column("floor_seal", LargeBinary, nullable=False),
)
"""Of each chain the last record that was written and the last that its age removed, signed."""

PROPOSALS = Table(
    "proposals",
    METADATA,
    Column("ticket", Text, primary_key=True),
    Column("created_at", Instant, nullable=False),
    Column("remind_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("stage", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("needed", Integer, nullable=False),
    Column("reminded", Boolean, nullable=False),
    Column("broken_glass", Boolean, nullable=False),
    Column("replica", Text),
    Column("heard_at", Instant),
    Column("step", Integer, nullable=False),
    Column("sent", Boolean, nullable=False),
    Column("words", LargeBinary, nullable=False),
    Column("closed_by", LargeBinary),
    Column("message_channel", Text),
    Column("message_ts", Text),
    Column("size", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    # Covers the sum of the sizes of what is closed, so that making room reads no body.
    Index("ix_proposals_closed_at", "closed_at", "ticket", "size"),
    Index("ix_proposals_stage", "stage", "expires_at"),
)
"""Changes that wait for a press or run, and what became of them; open while `closed_at` is null.

A row that runs belongs to the replica that runs it, which is heard of by `heard_at`. The body is
what was proposed, encrypted where there is a key."""

APPROVALS = Table(
    "approvals",
    METADATA,
    Column("ticket", Text, ForeignKey(PROPOSALS.c.ticket, ondelete="CASCADE"), primary_key=True),
    Column("record", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("vote", LargeBinary, nullable=False),
)
"""Who approved a proposal: one human being counts once, by their record."""

HOLDS = Table(
    "holds",
    METADATA,
    Column("context", Text, primary_key=True),
    Column("namespace", Text, primary_key=True),
    Column("resource", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("id", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("until", Instant),
    Column("by", LargeBinary, nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Index("ix_holds_until", "until"),
)
"""What is frozen, or locked where a resource is named; without an `until` it ends by hand."""

WATCHES = Table(
    "watches",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("until", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("lease_owner", Text),
    Column("lease_until", Instant),
    Column("body", LargeBinary, nullable=False),
    Index("ix_watches_due_at", "due_at"),
    Index("ix_watches_person", "person"),
    Index("ix_watches_channel", "channel"),
)
"""Conditions whose turns somebody is told of. Whoever looks at one holds it by the lease; the body
is the watch as it stood after the last look."""
