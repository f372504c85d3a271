from django.apps import AppConfig


class SignInConfig(AppConfig):
    # An app, so that allauth finds its `provider` module.
    name = "alignment_dash.access.signin"
    label = "signin"
    verbose_name = "Sign-in"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from alignment_dash.access.signin import sessions

        user_logged_in.connect(sessions.begin, dispatch_uid="session-begin")
