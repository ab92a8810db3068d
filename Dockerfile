# Quarterdeck's image: the locked dependencies and the wheel, compiled, run by a user without a name.
#
#   docker build --build-arg BASE_DIGEST=sha256:… -t quarterdeck:0.1.0 .
#
# BASE_DIGEST pins the base. It is never written here: resolve it where you build
# (docker buildx imagetools inspect python:3.13-slim), and keep it with what you build.
ARG BASE=python:3.13-slim
ARG BASE_DIGEST=""

FROM ${BASE}${BASE_DIGEST:+@${BASE_DIGEST}} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
COPY requirements.lock ./
RUN python -m venv --without-pip /opt/quarterdeck \
 && python -m pip --python /opt/quarterdeck/bin/python install \
      --no-compile --require-hashes --only-binary :all: -r requirements.lock
COPY deploy/build.lock ./
RUN python -m pip install --require-hashes --only-binary :all: -r build.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
# The scenes of the demo link to them.
COPY deploy/namespace.yaml deploy/rbac.yaml ./deploy/
# The root is read-only when the bot runs, so that bytecode is made here or never; nothing can change
# under it, so that Python need not compare it with the sources.
RUN python -m hatchling build -t wheel -d /wheel \
 && python -m pip --python /opt/quarterdeck/bin/python install \
      --no-compile --no-index --no-deps --find-links /wheel quarterdeck \
 && /opt/quarterdeck/bin/python -m compileall -q -j 0 \
      --invalidation-mode unchecked-hash /opt/quarterdeck/lib

FROM ${BASE}${BASE_DIGEST:+@${BASE_DIGEST}}
ARG BASE
ARG BASE_DIGEST
ARG VERSION=""
ARG REVISION=""
LABEL org.opencontainers.image.title="quarterdeck" \
      org.opencontainers.image.description="Run Kubernetes from Slack, as the person who typed" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${BASE}" \
      org.opencontainers.image.base.digest="${BASE_DIGEST}"
# PYTHONSAFEPATH: `python -m bot` must find the installed package, never a file in the working folder.
ENV PATH="/opt/quarterdeck/bin:${PATH}" \
    PYTHONSAFEPATH=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONFAULTHANDLER=1 \
    QUARTERDECK_STORE__URL="sqlite:////var/lib/quarterdeck/quarterdeck.db"
RUN ["install", "-d", "-o", "65532", "-g", "65532", "-m", "0700", "/var/lib/quarterdeck"]
COPY --from=build /opt/quarterdeck /opt/quarterdeck
USER 65532:65532
WORKDIR /
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-m", "bot", "healthcheck"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
