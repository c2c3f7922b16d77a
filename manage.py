#!/usr/bin/env python
"""Run a management command; settings come from DJANGO_SETTINGS_MODULE."""

import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
