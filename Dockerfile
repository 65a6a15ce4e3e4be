# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/leadlock
COPY pyproject.toml README.md ./
COPY schemas schemas
COPY streams streams
RUN /opt/leadlock/bin/pip install .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/leadlock leadlock
COPY --from=build /opt/leadlock /opt/leadlock
ENV PATH=/opt/leadlock/bin:$PATH PYTHONUNBUFFERED=1
USER 10001
WORKDIR /var/lib/leadlock
# The worker drains on SIGTERM.
STOPSIGNAL SIGTERM
ENTRYPOINT ["leadlock"]
CMD ["worker"]
