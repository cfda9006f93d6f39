"""Alembic runs this file to run the steps, over the connection it was handed."""

from alembic import context

from index.catalogue import desk_tables

# Alembic loads this file under that name; under its own it is only being looked at.
if __name__ == "env_py":
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=desk_tables.tasks.metadata,
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
