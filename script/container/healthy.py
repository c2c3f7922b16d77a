"""Exit code 0 when the web server of this container says that it is well; the image's HEALTHCHECK."""

import os
import sys
from http.client import HTTPConnection

host = os.environ["ALLOWED_HOSTS"].split(",")[0]
connection = HTTPConnection("127.0.0.1", 8000, timeout=4)
connection.request("GET", "/sante/", headers={"Host": host})
sys.exit(connection.getresponse().status != 200)
