-- The roles of the console, once for a server. Run by a superuser, as often as wished; PostgreSQL 15 to 18.
-- What belongs to one database stands in database.sql.
--
--   console_owner    owns database, schema and tables; runs the migrations, nothing else
--   console_app      what web, worker and beat sign in as; neither owner nor superuser, so row-level security holds it
--   console_journal  alone may append to the journal, by the function it owns: the application cannot write it itself
--   console_definer  owns the closed list of SECURITY DEFINER functions
--   console_holder   what the application becomes on the activation site: it sees one account and nothing else
--
-- No password is set here: the local server trusts its private socket, elsewhere the installation sets them.

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['console_owner', 'console_app', 'console_journal', 'console_definer',
                                'console_holder'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I', wanted);
        END IF;
    END LOOP;
END
$$;

ALTER ROLE console_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;
ALTER ROLE console_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;
ALTER ROLE console_journal NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;
ALTER ROLE console_definer NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;
ALTER ROLE console_holder NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT;

-- A migration hands objects over with ALTER ... OWNER TO, and returns to them with SET ROLE. NOINHERIT above makes
-- these memberships WITH INHERIT FALSE, SET TRUE from PostgreSQL 16 on, and means the same on 15.
GRANT console_journal, console_definer TO console_owner;
-- By SET ROLE only, never by inheriting: a policy for console_holder does not count where a school is at work.
GRANT console_holder TO console_app;
