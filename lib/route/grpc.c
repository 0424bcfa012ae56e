#include "route/grpc.h"

#include "route/decision.h"

int route_grpc_status(unsigned status)
{
	switch (status) {
	case 200:
	case 204:
		return ROUTE_UNSET;
	case 400:
		return 13; /* INTERNAL */
	case 401:
		return 16; /* UNAUTHENTICATED */
	case 403:
		return 7; /* PERMISSION_DENIED */
	case 404:
		return 12; /* UNIMPLEMENTED */
	case 429:
	case 502:
	case 503:
	case 504:
		return 14; /* UNAVAILABLE */
	default:
		return 2; /* UNKNOWN */
	}
}
