"""The private servers: who gets in, and what is left after each way of ending."""

import os
import signal
import socket
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from alignment_dash.embedded.places import server_account, server_folder
from alignment_dash.embedded.ports import LOOPBACK
from alignment_dash.embedded.processes import birth, read_ledger
from alignment_dash.embedded.servers import AlreadyRunning, holder
from tests.embedded.conftest import all_gone, private_servers

Starter = Callable[..., subprocess.Popen[str]]


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def port_of(url: str) -> int:
    return urlsplit(url).port or 0


def test_servers_roles_are_bound_by_row_security_and_only_the_owner_makes_databases(state: Path) -> None:
    with private_servers(state) as servers:
        app, owner = servers.environment["DATABASE_URL"], servers.environment["DATABASE_OWNER_URL"]
        rights = "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        assert query(app, rights) == [(False, False, False, False)]
        assert query(owner, rights) == [(False, False, False, True)]
        query(owner, "CREATE DATABASE another")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            query(app, "CREATE TABLE public.intruder (id int)")
        extensions = query(owner.removesuffix("alignment") + "another", "SELECT extname FROM pg_extension")
        assert ("btree_gist",) in extensions
        # Code point order as in C, and letters beyond ASCII are known.
        assert query(app, "SELECT 'Z' < 'a', upper('é')") == [(True, "É")]


@pytest.mark.usefixtures("made_before")
def test_servers_ask_everyone_for_a_password_and_listen_on_loopback_alone(state: Path) -> None:
    with private_servers(state) as servers:
        database, broker = (port_of(servers.environment[name]) for name in ("DATABASE_URL", "REDIS_URL"))
        for password in ("", "wrong"):
            with pytest.raises(psycopg2.OperationalError, match="password"):
                psycopg2.connect(
                    host=LOOPBACK, port=database, user="postgres", password=password, dbname="postgres"
                )
        with (
            redis.Redis(host=LOOPBACK, port=broker, retry=Retry(NoBackoff(), 0)) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.get("anything")
        for port in (database, broker):
            with socket.socket() as probe:
                assert probe.connect_ex(("127.0.0.2", port)) != 0
        for name in ("secrets.json", "environment"):
            assert stat.S_IMODE((state / name).stat().st_mode) == 0o600


def test_servers_started_again_keep_data_and_addresses(state: Path) -> None:
    with private_servers(state) as servers:
        first = servers.environment
        query(first["DATABASE_OWNER_URL"], "CREATE TABLE kept AS SELECT 42 AS answer")
    assert not (state / "environment").exists()
    with private_servers(state) as servers:
        assert servers.environment == first
        assert query(first["DATABASE_OWNER_URL"], "SELECT answer FROM kept") == [(42,)]


@pytest.mark.usefixtures("made_before")
def test_servers_second_starter_is_led_to_the_running_ones(state: Path, starter: Starter) -> None:
    process = starter()
    assert holder(state) == process.pid
    with pytest.raises(AlreadyRunning) as running, private_servers(state):
        pass
    assert query(running.value.environment["DATABASE_URL"], "SELECT 1") == [(1,)]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the kernel's death signal is Linux's")
@pytest.mark.usefixtures("made_before")
def test_servers_of_a_killed_starter_end_with_it(state: Path, starter: Starter) -> None:
    process = starter()
    children = [entry.pid for entry in read_ledger(state / "processes.json")]
    assert len(children) == 2
    process.kill()
    process.wait()
    assert all_gone(children)
    assert holder(state) is None


@pytest.mark.parametrize("ledger", ["kept", "lost"])
@pytest.mark.usefixtures("made_before")
def test_servers_orphaned_are_ended_by_the_next_start(state: Path, starter: Starter, ledger: str) -> None:
    process = starter("--no-death-signal")
    children = {entry.name: entry.pid for entry in read_ledger(state / "processes.json")}
    process.kill()
    process.wait()
    assert all(birth(pid) for pid in children.values())
    if ledger == "lost":
        os.kill(children["valkey"], signal.SIGTERM)
        (state / "processes.json").unlink()
    with private_servers(state) as servers:
        assert query(servers.environment["DATABASE_URL"], "SELECT 1") == [(1,)]
        assert all_gone(list(children.values()))


@pytest.mark.usefixtures("made_before")
def test_servers_pid_file_naming_another_program_is_not_believed(state: Path, starter: Starter) -> None:
    with private_servers(state):
        pass
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        data = server_folder(state, server_account()) / "postgres"
        content = [str(bystander.pid), str(data), "1700000000", "5432", "", LOOPBACK, "", "ready"]
        (data / "postmaster.pid").write_text("\n".join(content) + "\n")
        with private_servers(state) as servers:
            assert query(servers.environment["DATABASE_URL"], "SELECT 1") == [(1,)]
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.usefixtures("made_before")
def test_servers_with_their_ports_taken_use_others(state: Path) -> None:
    with private_servers(state) as servers:
        before = [port_of(servers.environment[name]) for name in ("DATABASE_URL", "REDIS_URL")]
    listeners = [socket.create_server((LOOPBACK, port)) for port in before]
    try:
        with private_servers(state) as servers:
            after = [port_of(servers.environment[name]) for name in ("DATABASE_URL", "REDIS_URL")]
            assert set(before).isdisjoint(after)
            assert query(servers.environment["DATABASE_URL"], "SELECT 1") == [(1,)]
    finally:
        for listener in listeners:
            listener.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as another user")
def test_servers_below_a_closed_folder_run_elsewhere_and_leave_it_closed(closed_folder: Path) -> None:
    servers = private_servers(closed_folder / "var" / "demo")
    home = server_folder(servers.state, servers.account)
    assert closed_folder not in home.parents
    with servers:
        assert query(servers.environment["DATABASE_URL"], "SELECT 1") == [(1,)]
        data = home / "postgres"
        assert data.stat().st_uid not in (0, os.geteuid())
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE(closed_folder.stat().st_mode) == 0o700
    servers.remove()
    assert not home.exists()
