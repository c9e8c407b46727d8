import { type Client, isToken, type Scope, type TokenReader } from '../tokens.ts';
import { Problem, type ProblemCode } from './problem.ts';

const REALM = 'Bearer realm="acopio"';

const unauthorized = (code: ProblemCode, detail: string, error?: string): Problem =>
  new Problem(code, {
    detail,
    headers: { 'www-authenticate': error === undefined ? REALM : `${REALM}, error="${error}"` },
  });

/**
 * Who calls.
 *
 * @throws Problem with status 401 and `WWW-Authenticate`
 */
export async function identify(authorization: string | undefined, tokens: TokenReader): Promise<Client> {
  if (authorization === undefined || authorization === '')
    throw unauthorized('token-missing', 'Send "Authorization: Bearer <token>".');
  const [, token = ''] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  if (!isToken(token))
    throw unauthorized(
      'token-malformed',
      'A token begins with acp_ and is sent whole, as "Authorization: Bearer <token>". This one is cut off or mistyped.',
      'invalid_request',
    );
  const client = await tokens.clientOf(token);
  if (client !== undefined) return client;
  throw unauthorized(
    'token-unknown',
    'The token was revoked, or is of another deployment. The operator makes a new one.',
    'invalid_token',
  );
}

/** Lets a client in that has all of the scopes. @throws Problem `scope-missing` naming those that it lacks */
export function admit(client: Client, scopes: readonly Scope[]): void {
  const missing = scopes.filter((scope) => !client.scopes.has(scope));
  if (missing.length === 0) return;
  throw new Problem('scope-missing', {
    detail: `The token lacks ${missing.join(', ')}. The operator makes one that has it.`,
    headers: { 'www-authenticate': `${REALM}, error="insufficient_scope", scope="${missing.join(' ')}"` },
    members: { scope: missing.join(' ') },
  });
}
