"""CAS: `django-cas-server` with our settings. `python cas.py FOLDER PORT CALLBACK`; everybody's password is `test`.

A line on standard output says that it listens.
"""

import re
import sys
from pathlib import Path
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

NO_FILES = ("bootstrap3_css", "bootstrap3_js", "bootstrap4_css", "bootstrap4_js", "html5shiv", "respond", "jquery")
"""Of the pages' looks, which they would fetch from elsewhere."""


def main(folder: Path, port: int, callback: str) -> None:
    """Serve until told to stop."""
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        CAS_COMPONENT_URLS=dict.fromkeys(NO_FILES, ""),
        CAS_AUTH_CLASS="cas_server.auth.TestAuthUser",
        CAS_TEST_USER="20210418",
        CAS_TEST_PASSWORD="test",
        CAS_TEST_ATTRIBUTES={"xm": ["李四", "李肆"], "nothing": ""},
        CAS_SHOW_POWERED=False,
        CAS_NEW_VERSION_HTML_WARNING=False,
        CAS_SHOW_FEDERATE_REMEMBER_ME=False,
        CAS_TICKET_VALIDITY=60,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "cas.sqlite3")}},
        DEBUG=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "cas_server",
        ],
        LANGUAGE_CODE="zh-hans",
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        ROOT_URLCONF="cas_urls",
        SECRET_KEY="made-up-for-tests",
        STATIC_URL="static/",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)
    from cas_server.models import ReplaceAttributName, ServicePattern

    service = ServicePattern.objects.create(pos=0, name="jiaowu", pattern="^" + re.escape(callback))
    ReplaceAttributName.objects.create(service_pattern=service, name="*", replace="")
    with make_server("127.0.0.1", port, StaticFilesHandler(get_wsgi_application())) as server:
        sys.stdout.write("listening\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
