# syntax=docker/dockerfile:1
FROM node:22-slim AS browser-files
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim AS packages
RUN python -m venv /opt/venv
COPY requirements/production.txt /tmp/production.txt
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/production.txt

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin alignment
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY --from=browser-files /build/node_modules ./node_modules
COPY manage.py ./
COPY alignment_dash ./alignment_dash
COPY schools ./schools
COPY instruction ./instruction
COPY staffing ./staffing
COPY supervision ./supervision
COPY templates ./templates
COPY static ./static
# Collecting files needs settings that can be read, and nothing that they name.
RUN SECRET_KEY=only-while-building DATABASE_URL=postgres://none:none@127.0.0.1:9/none REDIS_URL=redis://127.0.0.1:9/0 \
    python manage.py collectstatic --no-input --verbosity 0 \
    && mkdir var && chown 10001 var
USER 10001
EXPOSE 8000
CMD ["gunicorn", "-c", "python:alignment_dash.serving"]
