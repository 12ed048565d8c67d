"""The database: its server, its tables and migrations, bulk copy, the lake, and the door to sql/.

The only room that speaks SQLAlchemy, psycopg, ADBC, Alembic and GeoAlchemy2.
"""
