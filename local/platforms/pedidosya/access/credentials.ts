import type { SeededRandom } from '../../shared/seeded-random.ts';
import { DEFAULTS, type PedidosYaSimulatorOptions } from '../options.ts';

const MAX_STATIC_TOKENS = 11;
const MAX_CLIENTS = 10;

/** A granted token, as the token endpoint answers it. */
export interface TokenGrant {
  access_token: string;
  token_type: 'Bearer';
  expires_in: number;
}

/** The keys to the chain. */
export interface Credentials {
  /** True when the value of an `Authorization` header opens the chain now. */
  accepts(authorization: string | undefined, now: number): boolean;
  /** Trades client credentials for a token; undefined for a wrong pair. */
  grant(clientId: string, clientSecret: string, now: number): TokenGrant | undefined;
  /** Adds a token that never expires. Throws when the chain already has 11. */
  addStaticToken(token?: string): string;
  /** Adds a client. Throws when the chain already has 10. */
  addClient(id?: string): { id: string; secret: string };
  /** Ends a static or granted token. */
  revoke(token: string): void;
  /** Ends every granted token, as a restart of the real service would. */
  revokeGranted(): void;
}

/**
 * Makes the chain's credentials: static bearer tokens and OAuth clients.
 *
 * Source: orders and catalogue guides (11 tokens, no expiry, whole chain); newer API introduction (10 clients).
 */
export function createCredentials(
  options: Pick<PedidosYaSimulatorOptions, 'staticTokens' | 'oauthClients' | 'tokenLifeSeconds'>,
  random: SeededRandom,
): Credentials {
  const life = options.tokenLifeSeconds ?? DEFAULTS.tokenLifeSeconds;
  const staticTokens = new Set(options.staticTokens ?? [DEFAULTS.staticToken]);
  const clients = new Map((options.oauthClients ?? [DEFAULTS.oauthClient]).map((c) => [c.id, c.secret]));
  const granted = new Map<string, number>();
  return {
    accepts(authorization, now) {
      const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
      return token !== undefined && (staticTokens.has(token) || now < (granted.get(token) ?? 0));
    },
    grant(clientId, clientSecret, now) {
      if (clients.get(clientId) !== clientSecret) return undefined;
      const token = `sim.${random.hex(32)}`;
      granted.set(token, now + life * 1000);
      return { access_token: token, token_type: 'Bearer', expires_in: life };
    },
    addStaticToken(token = `sim-static-${random.hex(24)}`) {
      if (staticTokens.size >= MAX_STATIC_TOKENS) {
        throw new Error(`The chain has ${MAX_STATIC_TOKENS} tokens, the most it may have: revoke one first.`);
      }
      staticTokens.add(token);
      return token;
    },
    addClient(id = `sim-client-${random.hex(8)}`) {
      if (clients.size >= MAX_CLIENTS) {
        throw new Error(`The chain has ${MAX_CLIENTS} client ids, the most it may have.`);
      }
      const secret = random.hex(32);
      clients.set(id, secret);
      return { id, secret };
    },
    revoke(token) {
      staticTokens.delete(token);
      granted.delete(token);
    },
    revokeGranted: () => granted.clear(),
  };
}
