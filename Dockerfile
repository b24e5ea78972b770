FROM python:3.11-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /packages
COPY requirements.txt .
RUN /packages/bin/pip install --require-hashes --requirement requirements.txt

FROM python:3.11-slim-bookworm
# Pango lays reports and documents out. Liberation is their typeface; DejaVu has what families say in other alphabets.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fonts-dejavu-core fonts-liberation2 libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home program \
    # A volume that is mounted here is the program's own, and nobody else's.
    && install --directory --owner program --group program --mode 700 /evidence
COPY --from=packages /packages /packages
ENV PATH=/packages/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /program
COPY . .
# Settings for this one command: it names the hashed files and touches neither database nor queue.
RUN DEPLOYMENT=production SECRET_KEY=unused ALLOWED_HOSTS=unused DATABASE_URL=postgres://unused/unused \
    REDIS_URL=redis://unused python manage.py collectstatic --no-input --verbosity 0
USER program
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--timeout", "120"]
