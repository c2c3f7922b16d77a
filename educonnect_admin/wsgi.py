"""The web server's application. It refuses to serve invented people under production settings."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from educonnect_admin.toolkit.metrics import Wsgi, beside

application: Wsgi = get_wsgi_application()

from accounts.models import School  # noqa: E402  # models exist once the application is made
from notifications.figures import BaseFigures  # noqa: E402  # as above

if not settings.DEMO and School.objects.filter(is_demo=True).exists():
    raise ImproperlyConfigured("This database holds demo data: production settings do not serve it.")

application = beside(application, BaseFigures())
