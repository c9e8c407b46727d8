import { makeToken } from '../../functions/erp/tokens.ts';

/** Where the deployment keeps the tokens' hashes. */
const TOKENS = 'Erp/Tokens';

/** The client of the API that the token of a run is of: the own system. */
export const CLIENT = 'local';

/** A token of the API for one run, and the secret that lets it in. */
export function tokenOfRun(): { token: string; secrets: Record<string, string> } {
  const { token, stored } = makeToken(
    {
      name: 'local',
      client: CLIENT,
      scopes: ['orders:read', 'orders:personal', 'commands', 'stock', 'catalogue'],
    },
    Date.now(),
  );
  return { token, secrets: { [TOKENS]: JSON.stringify({ tokens: [stored] }) } };
}
