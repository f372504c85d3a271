from django.urls import path

from alignment_dash.access.accounts import sign_in_views, views

app_name = "accounts"
urlpatterns = [
    path("", views.account_list, name="account-list"),
    path("add/", views.account_add, name="account-add"),
    path("<uuid:uid>/", views.account_detail, name="account-detail"),
    path("<uuid:uid>/roles/", views.role_give, name="role-give"),
    path("<uuid:uid>/roles/end/", views.role_end, name="role-end"),
    path("<uuid:uid>/person/", views.person_link, name="person-link"),
    path("<uuid:uid>/deactivate/", views.account_deactivate, name="account-deactivate"),
    path("<uuid:uid>/reactivate/", views.account_reactivate, name="account-reactivate"),
    path("<uuid:uid>/password-link/", sign_in_views.password_link, name="password-link"),
    path("<uuid:uid>/second-factor/", sign_in_views.second_factor_remove, name="second-factor-remove"),
    path("<uuid:uid>/sessions/", sign_in_views.sessions_end, name="sessions-end"),
]
