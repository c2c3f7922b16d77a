"""Starts as a web process does, and stops: `python -m tests.bench.loading`, under the settings of the environment.

Prints its peak memory, and which of what only a worker needs was loaded with it.
"""

import json
import sys

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from tests.bench.children import peak_mb

HEAVY = ("weasyprint", "fontTools", "PIL", "lxml", "matplotlib")

if __name__ == "__main__":
    get_wsgi_application()
    get_resolver().check()  # loads every address, and with them every view, as the first request does
    print(json.dumps({"peak": peak_mb(), "heavy": [name for name in HEAVY if name in sys.modules]}))
