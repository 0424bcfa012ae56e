#include "converters/emitter.h"

extern const struct emitter emitter_cilium;
extern const struct emitter emitter_envoy_gateway;
extern const struct emitter emitter_gke;
extern const struct emitter emitter_istio;
extern const struct emitter emitter_kgateway;
extern const struct emitter emitter_kong;
extern const struct emitter emitter_nginx_gateway_fabric;
extern const struct emitter emitter_standard;
extern const struct emitter emitter_traefik;

const struct emitter *const emitters[] = {
	&emitter_cilium,
	&emitter_envoy_gateway,
	&emitter_gke,
	&emitter_istio,
	&emitter_kgateway,
	&emitter_kong,
	&emitter_nginx_gateway_fabric,
	&emitter_standard,
	&emitter_traefik,
	NULL,
};

const struct emitter *emitter_find(struct str name)
{
	for (size_t i = 0; emitters[i]; i++)
		if (str_is(name, emitters[i]->name))
			return emitters[i];
	return NULL;
}

struct capability emitter_capability(const struct emitter *emitter, enum feature feature)
{
	if (!emitter->capabilities)
		return (struct capability){0};
	return emitter->capabilities[feature];
}
