"""Ask the web process of this container whether it is well; the container's health check.

`python -m alignment_dash.checks.health` exits 0 when `/health` answers 200 under the first allowed host name.
"""

import sys
import urllib.error
import urllib.request

from alignment_dash import env


def main() -> int:
    """Return 0 when the web process and its database answer."""
    port = env.text("WEB_BIND", "0.0.0.0:8000").rpartition(":")[2]
    host = env.words("ALLOWED_HOSTS", "localhost")[0].lstrip(".*") or "localhost"
    request = urllib.request.Request(f"http://127.0.0.1:{port}/health", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310 - our own http address
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
