from django.urls import URLPattern, path

from instruction.defining import drafting, element_views, ending_views, views

_VERSION = "framework/versions/<uuid:uid>/"
urlpatterns: list[URLPattern] = [
    # /framework/versions/
    path("framework/versions/", views.framework_versions, name="framework-versions"),
    path("framework/versions/import/", views.framework_import, name="framework-import"),
    path(_VERSION, views.framework_version, name="framework-version"),
    path(f"{_VERSION}framework.yaml", views.framework_yaml, name="framework-yaml"),
    path(f"{_VERSION}framework.csv", views.framework_csv, name="framework-csv"),
    path(f"{_VERSION}frame/", drafting.framework_frame, name="framework-frame"),
    path(f"{_VERSION}order/", drafting.framework_order, name="framework-order"),
    path(f"{_VERSION}elements/new/", element_views.framework_element_new, name="framework-element-new"),
    path(
        f"{_VERSION}elements/<uuid:element_uid>/", element_views.framework_element, name="framework-element"
    ),
    path(f"{_VERSION}crosswalk/", drafting.framework_crosswalk, name="framework-crosswalk"),
    path(f"{_VERSION}check/", ending_views.framework_check, name="framework-check"),
    path(f"{_VERSION}retire/", ending_views.framework_retire, name="framework-retire"),
    path(f"{_VERSION}delete/", ending_views.framework_delete, name="framework-delete"),
]
