"""Headers that every answer carries, whatever gave it: a page, the API, a file, an error or a redirect."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# What pages never use. Passkeys need publickey-credentials-*, which is our own pages' by default.
_CLOSED = (
    "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock",
    "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
HEADERS = {
    "Permissions-Policy": ", ".join(f"{one}=()" for one in _CLOSED),
    # Nothing here is for other sites to show, load or measure.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class HeadersMiddleware:
    """Add them; the first middleware, so that none answers before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
