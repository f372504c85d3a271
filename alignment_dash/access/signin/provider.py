"""Where allauth looks for the providers that an app brings."""

from alignment_dash.access.signin.oidc import OidcProvider

provider_classes = [OidcProvider]
