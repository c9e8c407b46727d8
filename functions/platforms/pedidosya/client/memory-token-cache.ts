import type { CachedToken, TokenCache } from './access-token.ts';

/** A token cache that lives as long as the process. */
export function createMemoryTokenCache(): TokenCache {
  let held: CachedToken | undefined;
  return {
    get: () => Promise.resolve(held),
    put: (token) => {
      held = token;
      return Promise.resolve();
    },
  };
}
