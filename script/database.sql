-- One database of the console: owner, extensions, who may do what in its schema. Run by a superuser inside that
-- database, after roles.sql, as often as wished; PostgreSQL 15 to 18.

DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I OWNER TO console_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO console_app', current_database());
END
$$;

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;

ALTER SCHEMA public OWNER TO console_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO console_app, console_holder;
-- CREATE: whoever takes an object over by ALTER ... OWNER TO must be allowed to create one there. Both are NOLOGIN.
GRANT USAGE, CREATE ON SCHEMA public TO console_journal, console_definer;
