# One Dockerfile for every process. Targets: `service` (argument SERVICE names it), `gateway`, and `setup`
# (one-shot jobs that make databases and queues). BASE is any image with Python 3.11 and its venv module.
#
#   docker build --target service --build-arg SERVICE=courses .

ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS packages
COPY requirements.run.lock /tmp/
RUN python3 -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r /tmp/requirements.run.lock

FROM ${BASE} AS common
RUN groupadd --gid 10001 jiaowu \
 && useradd --uid 10001 --gid jiaowu --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin jiaowu \
 && install -d -o jiaowu -g jiaowu -m 0750 /files
COPY --from=packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    JIAOWU_FILES_URL=file:///files \
    JIAOWU_METRICS_HOST=0.0.0.0 \
    JIAOWU_METRICS_PORT=9100
WORKDIR /app
COPY contracts contracts
COPY chassis chassis
USER jiaowu
EXPOSE 9100
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD \
    ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9100/readyz', timeout=4)"]

FROM common AS gateway
COPY gateway gateway
ENV JIAOWU_HTTP_ADDRESS=0.0.0.0:8000
EXPOSE 8000
CMD ["python3", "-m", "gateway"]

FROM common AS setup
COPY services services
HEALTHCHECK NONE
ENTRYPOINT ["python3", "-m", "chassis.provisioning"]

FROM common AS service
ARG SERVICE
COPY services/${SERVICE} services/${SERVICE}
ENV JIAOWU_SERVICE=${SERVICE}
# A shell only to name the service; exec leaves its place to Python, so that signals arrive.
ENTRYPOINT ["sh", "-c", "exec python3 -m chassis.running.runner services.${JIAOWU_SERVICE}.service \"$@\"", "runner"]
