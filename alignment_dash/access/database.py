"""What the database itself enforces: who may write what, row security, and the change log.

Migrations run as the owner; web and worker sign in as the application role, which may not change the
schema, may not bypass row security and may only add to the audit. Both roles come from settings.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, migrations

# From this version on a role can be let refresh the planner's statistics; before it autovacuum does.
_HAS_MAINTAIN = 170000
INSERT_ONLY = ["access_auditevent", "access_change"]


def application_role() -> str:
    """Return the database role that web and worker sign in as."""
    return str(settings.DATABASES["default"]["USER"])


def grant_to_application(*, using: str, **_: Any) -> None:
    """Give the application role its rights on every table, after each `migrate`; safe to repeat.

    ImproperlyConfigured for a role that row security does not bind: nothing else would ever show it.
    """
    connection = connections[using]
    role = application_role()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s AND (rolsuper OR rolbypassrls)", [role])
        if cursor.fetchone():
            raise ImproperlyConfigured(
                f"The application signs in to the database as {role}, a superuser or a role with BYPASSRLS,"
                " whom row security does not bind. Give DATABASE_URL a role without either."
            )
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == role:
            return
        name = connection.ops.quote_name(role)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
        if connection.pg_version >= _HAS_MAINTAIN:  # type: ignore[attr-defined]
            cursor.execute(f"GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO {name}")
        for table in ["django_migrations", *INSERT_ONLY]:
            cursor.execute("SELECT to_regclass(%s)", [table])
            if cursor.fetchone()[0]:
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {name}")


def refresh_statistics(tables: Iterable[str]) -> None:
    """Have the planner look at tables into which much was just loaded.

    Where the application role may not (PostgreSQL before 17), the server skips them with a warning and its
    autovacuum does it within minutes.
    """
    with connections["default"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {connections['default'].ops.quote_name(table)}")


def protect_rows(table: str, visible: str) -> migrations.RunSQL:
    """Return the migration operation that forces row security on `table`.

    A row can be read or written only while `visible`, an SQL condition on its columns, holds. With nothing
    opened (see `reach.py`) every condition is false, so a forgotten filter shows nothing.
    """
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_reach ON {table} USING ({visible}) WITH CHECK ({visible});
        """,
        f"""
        DROP POLICY {table}_reach ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def log_changes(table: str) -> migrations.RunSQL:
    """Return the migration operation that keeps a before-image of each updated or deleted row of `table`."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_change AFTER UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION access_log_change();
        """,
        f"DROP TRIGGER {table}_change ON {table};",
    )


FUNCTIONS = """
CREATE FUNCTION access_reach_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('alignment.everything', true), '') = 'yes' $$;

CREATE FUNCTION access_reach_schools() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(nullif(current_setting('alignment.schools', true), ''), '{}')::bigint[] $$;

CREATE FUNCTION access_reach_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('alignment.person', true), '')::bigint $$;

CREATE FUNCTION access_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN
        RETURN NULL;
    END IF;
    INSERT INTO access_change (table_name, row_id, before, at, actor)
    VALUES (TG_TABLE_NAME, OLD.id, to_jsonb(OLD), now(), coalesce(current_setting('alignment.actor', true), ''));
    RETURN NULL;
END $$;

-- Before-images hold what row security closes elsewhere: anyone may add one, only the open reach reads them.
ALTER TABLE access_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_change FORCE ROW LEVEL SECURITY;
CREATE POLICY access_change_add ON access_change FOR INSERT WITH CHECK (true);
CREATE POLICY access_change_read ON access_change FOR SELECT USING ((SELECT access_reach_all()));
"""
DROP_FUNCTIONS = """
DROP POLICY access_change_read ON access_change; DROP POLICY access_change_add ON access_change;
ALTER TABLE access_change NO FORCE ROW LEVEL SECURITY; ALTER TABLE access_change DISABLE ROW LEVEL SECURITY;
DROP FUNCTION access_log_change(); DROP FUNCTION access_reach_person();
DROP FUNCTION access_reach_schools(); DROP FUNCTION access_reach_all();
"""
