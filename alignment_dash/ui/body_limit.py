"""Bodies that are larger than anything sent here can be are refused before they are read."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from alignment_dash.ui import views

# What is read into memory whole. Files come as multipart forms or under a type of their own.
_SMALL = {"", "application/json", "application/x-www-form-urlencoded", "text/plain"}
# Around the file: the other fields of its form.
_AROUND = 2**20

View = TypeVar("View", bound=Callable[..., Any])


def takes_files(view: View) -> View:
    """Mark a page to which files are sent; all others take small bodies only.

    A class of the API has it as an attribute.
    """
    view.takes_files = True  # type: ignore[attr-defined]
    return view


class BodyLimitMiddleware:
    """Answer 413 by what the request says of its length; the server hands on no more than that.

    Stands before the check of the form's token, which reads the whole form, and keeps its files on the disk.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal()):
            return views.bad_request(request, None)
        if int(length) > most_bytes(request.content_type or ""):
            return views.too_large(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Leave the room for a file to who is signed in, and to where files are sent."""
        if int(request.META.get("CONTENT_LENGTH") or "0") <= _small():
            return None
        of_class = getattr(view, "cls", view)
        if getattr(of_class, "takes_files", False) and _is_someone(request):
            return None
        return views.too_large(request)


def most_bytes(content_type: str) -> int:
    """Return how many bytes a body of this type may have at most, where files are sent."""
    if content_type.lower() in _SMALL:
        return _small()
    return int(settings.UPLOAD_MAX_BYTES) + _AROUND


def _small() -> int:
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0


def _is_someone(request: HttpRequest) -> bool:
    # The API looks at the token before it reads on; pages know none.
    by_token = request.path.startswith("/api/") and "Authorization" in request.headers
    return by_token or request.user.is_authenticated
