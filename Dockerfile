# syntax=docker/dockerfile:1
FROM python:3.11.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /src
RUN python -m venv /opt/leadlock
COPY pyproject.toml README.md ./
COPY schemas schemas
COPY streams streams
# What only installs goes again.
RUN /opt/leadlock/bin/pip install . \
    && /opt/leadlock/bin/pip uninstall --yes pip setuptools

FROM python:3.11.13-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/leadlock leadlock
COPY --from=build /opt/leadlock /opt/leadlock
ENV PATH=/opt/leadlock/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /var/lib/leadlock
EXPOSE 9464 8080
# The worker drains on SIGTERM, within ten seconds.
STOPSIGNAL SIGTERM
# Of a worker; docker-compose.yml gives `serve` its own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=6 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:9464/healthz', timeout=3)"]
ENTRYPOINT ["leadlock"]
CMD ["worker"]
