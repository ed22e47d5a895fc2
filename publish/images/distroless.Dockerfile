# On a distroless base (static, nonroot), which has CA certificates, a home and /tmp. Where the release's files are:
#   docker build -f distroless.Dockerfile --build-arg NAME=aotbroker-VERSION-linux-x64 --build-arg BASE=IMAGE .
ARG BASE
FROM scratch AS release
ARG NAME
ADD ${NAME}.tar.gz /

FROM ${BASE}
ARG NAME
COPY --from=release /${NAME}/NOTICE /${NAME}/LICENSE /usr/share/doc/aotbroker/
COPY --from=release /${NAME}/LICENSES /usr/share/doc/aotbroker/LICENSES
COPY --from=release /${NAME}/aotbroker /usr/local/bin/aotbroker
ENV AOTBROKER_CACHE_DIR=/tmp/aotbroker
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/aotbroker"]
