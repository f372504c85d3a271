"""Sign-in. Of allauth's pages only those that are meant: no sign-up, no e-mail addresses, no connections.

The first two have two names: the product's, and the one by which allauth finds them.
"""

from allauth.account import views as account
from django.urls import path

from alignment_dash.access.signin import views

urlpatterns = [
    path("sign-in", views.sign_in, name="login"),
    path("sign-in", views.sign_in, name="account_login"),
    path("sign-out", account.logout, name="logout"),
    path("sign-out", account.logout, name="account_logout"),
    path("sign-in/again", account.reauthenticate, name="account_reauthenticate"),
    path("sign-in/with/<slug:provider_id>", views.to_provider, name="openid_connect_login"),
    path("sign-in/with/<slug:provider_id>/back", views.from_provider, name="openid_connect_callback"),
    path("password", views.password_change, name="account_change_password"),
    path("password/set", views.password_set, name="password-set"),
]
