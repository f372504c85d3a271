"""What every test stands on: a real database whose tests run as the application role, and the cast.

Migrations run as the owner (`DATABASE_OWNER_URL`); tests then sign in as the role of `DATABASE_URL`, which may
not bypass row security. Where only one address is given, its user must be able to create databases and roles,
and an application role is made for the tests.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases

from alignment_dash import celery_app
from alignment_dash.access.models import User
from alignment_dash.access.roles import Role
from tests import factories

MADE_ROLE = {"USER": "alignment_test_app", "PASSWORD": "alignment-test"}


def _same_role() -> bool:
    return settings.DATABASES["default"]["USER"] == settings.DATABASES["owner"]["USER"]


def _make_role() -> None:
    """Make the application role where the environment gives none; other test processes may do the same."""
    with connections["owner"]._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("SELECT pg_advisory_lock(4711)")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [MADE_ROLE["USER"]])
        if not cursor.fetchone():
            cursor.execute(
                f"CREATE ROLE {MADE_ROLE['USER']} LOGIN NOBYPASSRLS PASSWORD '{MADE_ROLE['PASSWORD']}'"
            )
        cursor.execute("SELECT pg_advisory_unlock(4711)")


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """Create and migrate the test database as its owner, then sign in as the application role."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    default, owner = connections["default"], connections["owner"]
    with django_db_blocker.unblock():
        if _same_role():
            _make_role()
            settings.DATABASES["default"] = {**settings.DATABASES["default"], **MADE_ROLE}
        name = f"test_{owner.settings_dict['NAME']}{'_' + worker if worker else ''}"
        owner.settings_dict["TEST"].update(NAME=name, DEPENDENCIES=[])
        old = setup_databases(verbosity=0, interactive=False, aliases={"owner": False})
        default.close()
        default.settings_dict.update(
            NAME=name,
            USER=settings.DATABASES["default"]["USER"],
            PASSWORD=settings.DATABASES["default"]["PASSWORD"],
        )
        settings.DATABASES["default"]["NAME"] = name
    yield
    with django_db_blocker.unblock():
        default.close()
        teardown_databases(old, verbosity=0)


def _flush_as_owner(self: TransactionTestCase) -> None:
    """Empty every table after a transactional test; the application role may not truncate the audit."""
    connections["default"].close()
    given = connections["owner"].settings_dict
    raw = psycopg2.connect(
        dbname=given["NAME"],
        user=given["USER"],
        password=given["PASSWORD"],
        host=given["HOST"],
        port=given["PORT"],
    )
    with raw, raw.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables "
            "WHERE schemaname = 'public' AND tablename NOT IN ('django_migrations', 'django_content_type')"
        )
        cursor.execute(f"TRUNCATE {cursor.fetchone()[0]} CASCADE")
    raw.close()


TransactionTestCase._fixture_teardown = _flush_as_owner  # type: ignore[method-assign]


def pytest_configure(config: pytest.Config) -> None:
    """Give each test process a Redis database of its own, for what one clears another may be reading."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) + 1
    url = f"{settings.REDIS_URL.rstrip('/').rsplit('/', 1)[0] if settings.REDIS_URL.count('/') > 2 else settings.REDIS_URL}/{number}"
    settings.CACHES["default"]["LOCATION"] = url
    settings.REDIS_URL = settings.CELERY_BROKER_URL = url
    celery_app.conf.broker_url = url
    # Static files come from where they are written, so that tests need no collecting first.
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Forget what an earlier test cached, in a Redis database of this process' own."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real and third-party input beside the project; skip where it is absent."""
    folder = Path(os.environ.get("ALIGNMENT_SHARED", settings.BASE_DIR.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("the shared test data is not beside the project (set ALIGNMENT_SHARED to its folder)")
    return folder


@pytest.fixture
def district(db: None) -> factories.SmallDistrict:
    """Three schools in two networks with staff, a framework, targets, ratings and a caseload."""
    return factories.small_district()


@pytest.fixture
def user_in(district: factories.SmallDistrict) -> Callable[[Role], User]:
    """Return the district's user who holds a role."""
    return lambda role: district.users[role]


@pytest.fixture
def sign_in(client: Any, user_in: Callable[[Role], User]) -> Callable[[Role], Any]:
    """Sign the test client in as a role and return it."""

    def signed_in(role: Role) -> Any:
        client.force_login(user_in(role))
        return client

    return signed_in
