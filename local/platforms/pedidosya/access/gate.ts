import type { SimRequest, SimResponse } from '../../simulator.ts';
import { TOKEN_PATH } from '../account-routes.ts';
import { DEFAULTS } from '../options.ts';
import { edgeRefusal, problemFor } from '../problems.ts';
import type { PedidosYaState } from '../state.ts';
import { createAddressLimit } from './address-limit.ts';

/** The header by which a test pretends to call from another source address. */
export const SOURCE_ADDRESS_HEADER = 'x-sim-source-address';

/** The checks that stand before every endpoint; the answer that refuses the call, if it is refused. */
export type Gate = (request: SimRequest, state: PedidosYaState) => SimResponse | undefined;

/** Makes the network edge: calls per minute and source address, tokens counted apart from the rest. */
export function createEdge(options: PedidosYaState['options']): Gate {
  const blockMs = options.limitBlockMs ?? DEFAULTS.limitBlockMs;
  const calls = createAddressLimit({ perMinute: options.callsPerMinute ?? DEFAULTS.callsPerMinute, blockMs });
  const tokens = createAddressLimit({
    perMinute: options.tokenCallsPerMinute ?? DEFAULTS.tokenCallsPerMinute,
    blockMs,
  });
  return (request) => {
    // Download links lead to another host.
    if (!request.path.startsWith('/v2/')) return undefined;
    const address = String(request.headers[SOURCE_ADDRESS_HEADER] ?? 'loopback');
    const limit = request.path === TOKEN_PATH ? tokens : calls;
    return limit.admit(address, request.at) ? undefined : edgeRefusal(options.limitStatus ?? 429);
  };
}

/** Checks the token, and that the chain in the path is the token's own. */
export const checkAccess: Gate = (request, state) => {
  if (!request.path.startsWith('/v2/') || request.path === TOKEN_PATH) return undefined;
  if (!state.credentials.accepts(request.headers.authorization, request.at)) return problemFor(401);
  const { chain_id } = request.params;
  return chain_id === undefined || chain_id === state.chainId ? undefined : problemFor(403);
};
