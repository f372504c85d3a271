"""The routes of second factors, under the names that allauth knows."""

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, reverse_lazy

from alignment_dash.access.second_factor import views
from alignment_dash.access.second_factor.views import after_password, own

BACK = {"success_url": reverse_lazy("mfa_index")}
KEY = "passkeys/<int:pk>"

urlpatterns = [
    path("", views.index, name="mfa_index"),
    # At sign-in, after the password or instead of it.
    path("code", base.authenticate, name="mfa_authenticate"),
    path("passkey", webauthn.login_webauthn, name="mfa_login_webauthn"),
    # Before a change.
    path("confirm", own(base.reauthenticate), name="mfa_reauthenticate"),
    path("confirm-passkey", own(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("app/add", own(after_password(views.AddAppView.as_view())), name="mfa_activate_totp"),
    path("app/remove", own(views.RemoveAppView.as_view()), name="mfa_deactivate_totp"),
    path("recovery-codes", own(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("recovery-codes/new", own(views.NewRecoveryCodesView.as_view()), name="mfa_generate_recovery_codes"),
    path("passkeys/add", own(after_password(views.AddPasskeyView.as_view())), name="mfa_add_webauthn"),
    path(f"{KEY}/rename", own(webauthn.EditWebAuthnView.as_view(**BACK)), name="mfa_edit_webauthn"),
    path(f"{KEY}/remove", own(views.RemovePasskeyView.as_view(**BACK)), name="mfa_remove_webauthn"),
]
