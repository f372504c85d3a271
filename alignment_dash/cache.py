"""The cache in Redis, asked through one client per thread."""

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class LastingClient(RedisCacheClient):
    """Keeps the client that Django makes anew for each question, with a table of 170 commands each time.

    A page asks eight questions or so. The client keeps nothing but the pool of connections, which lasts anyway.
    """

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self._lasting: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """Return the client for reading or for writing; there is one server."""
        if write not in self._lasting:
            self._lasting[write] = super().get_client(key, write=write)
        return self._lasting[write]


class Cache(RedisCache):
    """Django's cache in Redis with a client that lasts."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = LastingClient
