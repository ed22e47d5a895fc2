# The program and CA certificates, nothing else. Where the release's files are:
#   docker build -f scratch.Dockerfile --build-arg NAME=aotbroker-VERSION-linux-x64 --build-arg CERTIFICATES=IMAGE .
# CERTIFICATES is an image that has /etc/ssl/certs/ca-certificates.crt, such as your distribution's with ca-certificates.
ARG CERTIFICATES
FROM ${CERTIFICATES} AS certificates

FROM scratch AS release
ARG NAME
ADD ${NAME}.tar.gz /

# Directories in which every user may write, for a COPY to take over: an image that is empty has no program to make them.
FROM certificates AS writable
RUN mkdir -m 1777 -p /writable/tmp /writable/run/aotbroker

FROM scratch
ARG NAME
COPY --from=certificates /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=writable /writable/ /
COPY --from=release /${NAME}/NOTICE /${NAME}/LICENSE /usr/share/doc/aotbroker/
COPY --from=release /${NAME}/LICENSES /usr/share/doc/aotbroker/LICENSES
COPY --from=release /${NAME}/aotbroker /aotbroker
ENV AOTBROKER_CACHE_DIR=/run/aotbroker/cache
USER 65532:65532
ENTRYPOINT ["/aotbroker"]
