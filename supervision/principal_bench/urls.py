from django.urls import URLPattern, path

from supervision.principal_bench import views

urlpatterns: list[URLPattern] = [
    # /principal-bench/
    path("principal-bench/", views.bench, name="principal-bench"),
    path("principal-bench/mine/", views.mine, name="bench-mine"),
    path("principal-bench/bench.csv", views.bench_csv, name="bench-csv"),
    path("principal-bench/bench.xlsx", views.bench_workbook, name="bench-workbook"),
    path("principal-bench/openings/add/", views.opening_add, name="opening-add"),
    path("principal-bench/openings/<uuid:uid>/", views.opening_change, name="opening-change"),
    path("principal-bench/openings/<uuid:uid>/close/", views.opening_close, name="opening-close"),
    path("principal-bench/candidates/add/", views.candidate_add, name="candidate-add"),
    path("principal-bench/candidates/<uuid:uid>/", views.candidate_change, name="candidate-change"),
    path(
        "principal-bench/candidates/<uuid:uid>/withdraw/", views.candidate_withdraw, name="candidate-withdraw"
    ),
]
