# The service: one Python wheel with the browser app in it.

# --- The browser app. build_hook.py leaves a stamp beside it, by which the next stage knows that it is fresh.
FROM node:22-bookworm AS web
WORKDIR /source
COPY web_popup web_popup
RUN mkdir cti_crm && python3 web_popup/build_hook.py

# --- The wheel and what it needs, installed into a virtual environment.
FROM python:3.12-slim-bookworm AS wheel
WORKDIR /source
RUN python -m venv /opt/cti-crm
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY web_popup web_popup
COPY cti_crm cti_crm
COPY --from=web /source/cti_crm/static cti_crm/static
RUN /opt/cti-crm/bin/pip install --no-cache-dir -c constraints.txt .

# --- What runs: no compiler, no Node, no root.
FROM python:3.12-slim-bookworm
RUN useradd --system --home-dir /var/lib/cti-crm --create-home cti-crm
COPY --from=wheel /opt/cti-crm /opt/cti-crm
ENV PATH=/opt/cti-crm/bin:$PATH PYTHONUNBUFFERED=1
USER cti-crm
WORKDIR /var/lib/cti-crm
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ.get('CTI_CRM_HTTP__PORT', '8080')}/healthz\", timeout=2)"]
CMD ["cti-crm", "serve"]
