"""The cache in Redis, asked through one client per thread."""

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class LastingClient(RedisCacheClient):
    """Keeps the client that Django makes anew for each question, with a table of 170 commands each time.

    A page asks eight questions or so. The client keeps nothing but the pool of connections, which lasts anyway.
    """

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self._lasting: dict[int, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """Return the client of the server that `key` is read from, or written to."""
        pool = self._get_connection_pool(write)
        if id(pool) not in self._lasting:
            self._lasting[id(pool)] = self._client(connection_pool=pool)
        return self._lasting[id(pool)]


class Cache(RedisCache):
    """Django's cache in Redis with a client that lasts."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = LastingClient
