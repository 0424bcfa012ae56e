#include "converters/provider.h"

extern const struct provider provider_ingress;
extern const struct provider provider_ingress_nginx;

const struct provider *const providers[] = {
	&provider_ingress,
	&provider_ingress_nginx,
	NULL,
};

const struct provider *provider_find(struct str name)
{
	for (size_t i = 0; providers[i]; i++)
		if (str_is(name, providers[i]->name))
			return providers[i];
	return NULL;
}
