#!/usr/bin/env python
import os
import sys

from django.core.management import execute_from_command_line

from safety.errors import Misconfigured

if __name__ == "__main__":
    os.umask(0o077)  # what we write holds names and secrets: for this user only
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safety.settings")
    try:
        execute_from_command_line(sys.argv)
    except Misconfigured as wrong:
        sys.exit(f"not started: {wrong}")
