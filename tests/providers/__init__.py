"""Real providers of unified sign-in, with our settings: `oidc-provider` of npm and `django-cas-server`."""
