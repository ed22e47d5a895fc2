# Into an image of yours, from an image that was made by one of the others:
#   docker build -f copy-from.Dockerfile --build-arg AOTBROKER=IMAGE --build-arg BASE=YOUR-IMAGE .
ARG AOTBROKER
ARG BASE
FROM ${AOTBROKER} AS aotbroker

FROM ${BASE}
COPY --from=aotbroker /aotbroker /usr/local/bin/aotbroker
COPY --from=aotbroker /usr/share/doc/aotbroker /usr/share/doc/aotbroker
