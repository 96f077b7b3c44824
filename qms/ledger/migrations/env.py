"""Alembic's entry: migrates the connection it is given, or `alembic -x url=… upgrade head`."""

from alembic import context
from sqlalchemy import Connection

from qms.ledger.engine import connect, writing
from qms.ledger.schema import metadata


def migrate(conn: Connection) -> None:
    # SQLite alters a table by copying it.
    context.configure(connection=conn, target_metadata=metadata(), render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    url = context.get_x_argument(as_dictionary=True).get("url")
    if url is None:
        raise SystemExit("say which database: alembic -x url=sqlite:///var/qms.db …")
    with writing(connect(url)).begin() as own:
        migrate(own)
