#!/usr/bin/env python
"""Django's command-line entry point."""

import os
import secrets
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalog_portal.settings")
    # A key for this run alone, so that commands work on a machine without the portal's secrets.
    # The web server does not pass here: it refuses to start without the real one.
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
