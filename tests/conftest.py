"""What every test stands on: a real database whose tests run as the application role, and the cast.

Migrations run as the owner (`DATABASE_OWNER_URL`); tests then sign in as the role of `DATABASE_URL`, which may
not bypass row security. Where only one address is given, its user must be able to create databases and roles,
and an application role is made for the tests.
"""

import gc
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import TransactionTestCase
from django.utils import timezone
from pytest_django.plugin import blocking_manager_key

from alignment_dash import celery_app, schoolyear
from alignment_dash.access.models import User
from alignment_dash.access.roles import Role
from tests import factories
from tests.databases import DATABASES, drop_migrated, empty_as_owner, needs_database, wanted_by

TransactionTestCase._fixture_teardown = empty_as_owner  # type: ignore[method-assign]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Choose the database before any fixture begins its transaction."""
    with item.config.stash[blocking_manager_key].unblock():
        DATABASES.use(wanted_by(item))


def pytest_collection(session: pytest.Session) -> None:
    """Import all tests, in an order that begins elsewhere in each process, before they are collected in one order.

    What is first imported in a clean clone is compiled: side by side, each process would compile all of it.
    """
    config = session.config
    worker = getattr(config, "workerinput", None)
    if worker is None or config.args != config.getini("testpaths"):
        return
    modules = sorted(Path(__file__).parent.rglob("test_*.py"))
    begin = len(modules) * int(worker["workerid"][2:]) // worker["workercount"]
    for module in [*modules[begin:], *modules[:begin]]:
        # What cannot be imported is told when it is collected.
        with suppress(Exception, pytest.skip.Exception):
            import_module(".".join(module.relative_to(config.rootpath).with_suffix("").parts))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let each process begin with its part of the slow tests: begun last, one of them would keep the others waiting.

    The first process migrates meanwhile: the others begin with those that need no database, or they would wait.
    """
    slow = sorted((item for item in items if item.get_closest_marker("slow")), key=needs_database)
    quick = [item for item in items if not item.get_closest_marker("slow")]
    processes = getattr(config, "workerinput", {"workercount": 1})["workercount"]
    share = -(-len(quick) // processes)
    items[:] = [
        item
        for part in range(processes)
        for item in [*slow[part::processes][:: 1 if part else -1], *quick[part * share : (part + 1) * share]]
    ]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what is loaded by now out of every later collection of garbage: an eighth of all computing."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop what the processes of this run copied, once they have ended."""
    if getattr(session.config.option, "numprocesses", None):
        drop_migrated()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Create and migrate the test databases as their owner, then sign in as the application role."""
    with django_db_blocker.unblock():
        DATABASES.make()
    yield
    with django_db_blocker.unblock():
        DATABASES.remove()


def pytest_configure(config: pytest.Config) -> None:
    """Give each test process a Redis database of its own, for what one clears another may be reading."""
    # Rarely: collecting tests makes a million objects and hardly any garbage.
    gc.set_threshold(100_000, 50, 100)
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) + 1
    url = f"{settings.REDIS_URL.rstrip('/').rsplit('/', 1)[0] if settings.REDIS_URL.count('/') > 2 else settings.REDIS_URL}/{number}"
    settings.CACHES["default"]["LOCATION"] = url
    settings.REDIS_URL = settings.CELERY_BROKER_URL = url
    celery_app.conf.broker_url = url
    # pytest shows what was logged with a test that fails: thousands of refusals need not be written as well.
    for handler in logging.getLogger().handlers:
        handler.setLevel(logging.ERROR)
    # What serves the browser asks in the database that the test is in, not in the one of the test before.
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 0
    # Static files come from where they are written, so that tests need no collecting first.
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    # On a busy machine even a provider that runs beside the tests keeps one waiting.
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 120
    # A browser keeps them from test to test.
    settings.WHITENOISE_MAX_AGE = 3600
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Forget what an earlier test cached, in a Redis database of this process' own."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def february(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it be `factories.late_day()`, for what looks back over weeks of a school year."""
    real, day = timezone.now, factories.late_day()
    if day > schoolyear.today():
        ahead = timezone.make_aware(datetime.combine(day, time(12))) - real()
        monkeypatch.setattr(timezone, "now", lambda: real() + ahead)


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
    return DATABASES.district()


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
