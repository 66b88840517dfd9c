/**
 * Takes the place of `@aws-sdk/middleware-endpoint-discovery`. Among the operations that the functions call, none
 * discovers its endpoint, so the client would only carry a cache that stays empty.
 */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {};

/** @returns the client's configuration, unchanged */
export function resolveEndpointDiscoveryConfig<Configuration>(configuration: Configuration): Configuration {
  return configuration;
}
