"""Pages of imports of ratings."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Data
from alignment_dash.runs import upload_pages
from instruction.imports.work import OBSERVATION_IMPORTS


@require_http_methods(["GET", "POST"])
@needs(Data.IMPORTS)
def observation_import_list(request: HttpRequest) -> HttpResponse:
    return upload_pages.list_page(request, OBSERVATION_IMPORTS)


@require_GET
@needs(Data.IMPORTS)
def observation_import_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    return upload_pages.detail_page(request, OBSERVATION_IMPORTS, uid)
