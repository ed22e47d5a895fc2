"""The SPIFFE Workload API on gRPC's own server, for tests.

    workload_api.py SOCKET TOKEN_FILE LOG

Gives the token of TOKEN_FILE, or denies it where the file is not there, and writes to LOG, a line for each call, what it was
asked: the metadata's security header, the deadline's presence, the request in hexadecimal. LOG is made when it is ready.
"""
import os
import sys
from concurrent import futures

import grpc

SOCKET, TOKEN_FILE, LOG = sys.argv[1:]
SPIFFE_ID = b"spiffe://example.org/agent"


def field(number, octets):
    length = len(octets)
    size = bytes([length]) if length < 128 else bytes([0x80 | length & 0x7F, length >> 7])
    return bytes([number << 3 | 2]) + size + octets


def fetch(request, context):
    metadata = dict(context.invocation_metadata())
    with open(LOG, "a", encoding="ascii") as log:
        deadline = 0 < (context.time_remaining() or 0) < 3600
        log.write(f"{metadata.get('workload.spiffe.io')} {deadline} {request.hex()}\n")
    if metadata.get("workload.spiffe.io") != "true":
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "security header missing from request")
    if not os.path.exists(TOKEN_FILE):
        context.abort(grpc.StatusCode.PERMISSION_DENIED, "no identity issued")
    with open(TOKEN_FILE, "rb") as file:
        return field(1, field(1, SPIFFE_ID) + field(2, file.read().strip()))


class WorkloadApi(grpc.GenericRpcHandler):
    def service(self, details):
        if details.method != "/SpiffeWorkloadAPI/FetchJWTSVID":
            return None
        return grpc.unary_unary_rpc_method_handler(fetch)


server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), handlers=[WorkloadApi()])
server.add_insecure_port("unix://" + SOCKET)
server.start()
open(LOG, "w", encoding="ascii").close()
server.wait_for_termination()
