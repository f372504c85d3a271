"""Pages of the rostered district: roster imports."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Data
from alignment_dash.runs import upload_pages
from schools.roster_imports import KIND


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.IMPORTS)
def roster_import_list(request: HttpRequest) -> HttpResponse:
    return upload_pages.list_page(request, KIND)


@require_GET
@needs(Data.IMPORTS)
def roster_import_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    return upload_pages.detail_page(request, KIND, uid)
