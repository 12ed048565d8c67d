"""Alembic's entry: run the migrations on the connection that `gridgov.store.migrate` hands over."""

import sqlalchemy as sa
from alembic import context
from geoalchemy2 import alembic_helpers

from gridgov.store import patrol_tables  # noqa: F401  its tables join the metadata
from gridgov.store.tables import SCHEMA, metadata


def run() -> None:
    connection = context.config.attributes["connection"]
    connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    # The three helpers keep Alembic from doubling the spatial indexes that GeoAlchemy2 also knows of.
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table_schema=SCHEMA,
        include_schemas=True,
        include_name=lambda name, kind, _parents: kind != "schema" or name == SCHEMA,
        include_object=alembic_helpers.include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
