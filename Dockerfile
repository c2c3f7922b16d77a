# The console's image: web, worker, beat and `manage.py prepare` run from it, as a user without rights.
FROM python:3.13-slim-trixie AS build
COPY requirements/base.lock /tmp/base.lock
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/base.lock

FROM python:3.13-slim-trixie
# WeasyPrint's libraries. Debian's stable versions move with its security updates only: nothing to pin.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin console
COPY --from=build /venv /venv
WORKDIR /console
COPY . .
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=educonnect_admin.settings.production \
    STATIC_ROOT=/console/static-root
# collectstatic reads the settings, not the values: these serve for this step alone.
RUN SECRET_KEY=build CONSOLE_KEYS=1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    DATABASE_URL=postgresql:///build BROKER_URL=memory:// \
    python manage.py collectstatic --noinput
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "script/container/healthy.py"]
CMD ["gunicorn", "educonnect_admin.wsgi:application", "--no-control-socket", "--bind", "0.0.0.0:8000", \
     "--workers", "3", "--threads", "4", "--worker-tmp-dir", "/dev/shm"]
