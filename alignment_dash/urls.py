"""Every URL. The apps are named as text: the shell imports none of them."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path

from alignment_dash.ui import views as ui

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("alignment_dash.ui.urls")),
    path("health", login_not_required(ui.health), name="health"),
    path("", include("alignment_dash.access.signin.urls")),
    path("second-factor/", include("alignment_dash.access.second_factor.urls")),
    path("accounts/", include("alignment_dash.access.accounts.urls")),
    path("person-data/", include("alignment_dash.access.persondata.urls")),
    path("act-as/", include("alignment_dash.access.acting.urls")),
    path("programs/", include("alignment_dash.access.clients.urls")),
    path("", include("alignment_dash.access.trace.urls")),
    path("notices/", include("alignment_dash.notices.urls")),
    path("runs/", include("alignment_dash.runs.urls")),
    path("", include("schools.urls")),
    path("", include("instruction.urls")),
    path("", include("staffing.urls")),
    path("", include("supervision.urls")),
    path("api/", include("alignment_dash.api_urls")),
]

handler400 = "alignment_dash.ui.views.bad_request"
handler403 = "alignment_dash.ui.views.forbidden"
handler404 = "alignment_dash.ui.views.not_found"
handler500 = "alignment_dash.ui.views.server_error"
