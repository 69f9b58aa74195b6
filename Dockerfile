# The service for docker-compose.yml: web server, worker and migrations are commands of one image.
FROM python:3.12-slim-bookworm AS build
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY requirements.lock requirements.run.lock ./
RUN python -m venv .venv \
    && sed -n '/^uv==/,/[^\\]$/p' requirements.lock > uv.lock.txt \
    && pip install --quiet --no-cache-dir --no-deps --require-hashes -r uv.lock.txt \
    && uv pip sync --quiet --compile-bytecode --no-cache --require-hashes --python .venv/bin/python requirements.run.lock

FROM python:3.12-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/xds --uid 10001 xds
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY . .
RUN python -m compileall -q api cli designsystem embedded gitstore index jobs migrations realtime services settings.py \
    && printf '#!/bin/sh\nexec /app/.venv/bin/python -m cli.start "$@"\n' > /usr/local/bin/xds \
    && chmod 755 /usr/local/bin/xds \
    && install -d -o xds -g xds -m 700 /var/lib/xds/data
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app XDS_ENVIRONMENT=production XDS_DATA=/var/lib/xds/data XDS_HOST=0.0.0.0 XDS_PORT=8420
USER xds
VOLUME /var/lib/xds/data
EXPOSE 8420
ENTRYPOINT ["tini", "--", "xds"]
CMD ["serve", "--no-worker", "--log-to-terminal"]
