from django.apps import AppConfig


class SignInConfig(AppConfig):
    # An app, so that allauth finds its `provider` module.
    name = "alignment_dash.access.signin"
    label = "signin"
    verbose_name = "Sign-in"
