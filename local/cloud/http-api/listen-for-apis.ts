import type { StackTemplate } from '../assembly/read-assembly.ts';
import { type Listener, listen } from '../gateway/listen.ts';
import { apiIdOf } from '../template/identity.ts';

/**
 * Opens a port for each HTTP API of the stacks, by its id; one also where there is none.
 *
 * @param first port of the first API, whose neighbours the others take; 0: free ones
 */
export async function listenForApis(
  stacks: readonly StackTemplate[],
  first: number,
  listeners: Listener[],
): Promise<Map<string, Listener>> {
  const ids = stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources)
      .filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Api')
      .map(([logicalId]) => apiIdOf({ stack: stack.name, logicalId })),
  );
  const apis = new Map<string, Listener>();
  for (const [index, id] of (ids.length === 0 ? ['none'] : ids).entries()) {
    const api = await listen(first === 0 ? 0 : first + index, 'the HTTP API');
    listeners.push(api);
    apis.set(id, api);
  }
  return apis;
}
