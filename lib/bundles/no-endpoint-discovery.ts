// Stands in the place of '@aws-sdk/middleware-endpoint-discovery' in a bundle. No command of the client of tables asks for the
// endpoints of its account; the client only makes a cache for a thousand of them at each start.

export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => false,
  configFileSelector: () => false,
  default: false,
};

export const resolveEndpointDiscoveryConfig = <C extends object>(config: C) =>
  Object.assign(config, { endpointDiscoveryEnabled: async () => false });
