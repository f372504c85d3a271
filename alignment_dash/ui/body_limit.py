"""Bodies that are larger than anything sent here can be are refused before they are read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from alignment_dash.ui import views

# What is read into memory whole. Files come as multipart forms or under a type of their own.
_SMALL = {"", "application/json", "application/x-www-form-urlencoded", "text/plain"}
# Around the file: the other fields of its form.
_AROUND = 2**20


class BodyLimitMiddleware:
    """Answer 413 by what the request says of its length; the server hands on no more than that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal()):
            return views.bad_request(request, None)
        if int(length) > most_bytes(request.content_type or ""):
            return views.too_large(request)
        return self.get_response(request)


def most_bytes(content_type: str) -> int:
    """Return how many bytes a body of this type may have."""
    if content_type.lower() in _SMALL:
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
    return int(settings.UPLOAD_MAX_BYTES) + _AROUND
