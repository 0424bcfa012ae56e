/* grpc.h - what a client of gRPC makes of an answer that is none of gRPC.
 */
#ifndef ROUTE_GRPC_H
#define ROUTE_GRPC_H

/* The status of gRPC for one of HTTP
 * (https://grpc.github.io/grpc/core/md_doc_http-grpc-status-mapping.html); ROUTE_UNSET for 200 and 204, which are
 * no errors. */
int route_grpc_status(unsigned status);

#endif
