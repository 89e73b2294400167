"""HTTP in front of the services: routes, sign-in, limits, errors, files, live updates and their description.

`create_app` (in `gateway.app`) is plain Falcon; nameko and eventlet are known to `gateway.server` alone.
"""
