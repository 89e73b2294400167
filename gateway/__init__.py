"""HTTP in front of the services: routes, sign-in, limits, errors, files, live updates and their description.

`create_app` (in `gateway.app`) is plain Falcon, at home in any server; uvicorn is known to `gateway.wire` alone, the
broker's library to `gateway.bus`.
"""
