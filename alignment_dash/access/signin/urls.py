"""Sign-in. Of allauth's pages only those that are meant: no sign-up, no e-mail addresses, no connections.

The first two have two names: the product's, and the one by which allauth finds them.
"""

from allauth.account import views as account
from django.urls import path

urlpatterns = [
    path("sign-in", account.login, name="login"),
    path("sign-in", account.login, name="account_login"),
    path("sign-out", account.logout, name="logout"),
    path("sign-out", account.logout, name="account_logout"),
    path("sign-in/again", account.reauthenticate, name="account_reauthenticate"),
]
