import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ERP_OUTPUTS } from '../../config/output-names.ts';
import {
  makeToken,
  SCOPES,
  type Scope,
  type Tokens,
  tokensSchema,
  tokenWord,
  withoutToken,
  withToken,
} from '../../functions/erp/tokens.ts';
import type { OperatorContext } from '../context.ts';
import { jsonOf } from '../json.ts';
import { OPERATOR } from '../operator-client.ts';
import { type Reasoned, reasonIn } from '../option-values.ts';
import { notFound, OperatorError } from '../outputs.ts';
import { columns, print, printDryRun } from '../print.ts';

interface Shared {
  json: boolean;
}

/** The tokens as the secret holds them. @throws OperatorError when it holds something else */
async function readTokens({ secretsManager, outputs }: OperatorContext): Promise<Tokens> {
  const SecretId = outputs(ERP_OUTPUTS.tokens);
  const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId }));
  const read = tokensSchema().safeParse(jsonOf(SecretString));
  if (read.success) return read.data;
  throw new OperatorError(
    'The secret with the tokens does not hold what these commands write. Nothing was changed. Its version before this one ' +
      `(AWSPREVIOUS of ${SecretId}) may; put it back, or "{}" to begin with no token.`,
  );
}

async function writeTokens({ secretsManager, outputs }: OperatorContext, tokens: Tokens): Promise<void> {
  await secretsManager.send(
    new PutSecretValueCommand({
      SecretId: outputs(ERP_OUTPUTS.tokens),
      SecretString: JSON.stringify(tokens),
    }),
  );
}

/**
 * Makes a token and prints it, once: only its hash is kept.
 *
 * @param name of the token
 * @throws OperatorError for a name that is taken or wrong, and for an unknown scope
 */
export async function createToken(
  context: OperatorContext,
  name: string,
  command: Shared & Reasoned & { client?: string; scopes: readonly string[]; dryRun: boolean },
): Promise<number> {
  const { client = name, scopes } = command;
  for (const word of [name, client])
    if (!tokenWord().safeParse(word).success)
      throw new OperatorError(
        `"${word}" is no name: write lower-case letters, digits and dashes, 2 to 31 long.`,
      );
  if (client === OPERATOR)
    throw new OperatorError(
      `"${OPERATOR}" is whose the commands are that an operator gives: a token of that client would see them. Choose another --client.`,
    );
  const unknown = scopes.filter((scope) => !isScope(scope));
  if (unknown.length > 0 || scopes.length === 0)
    throw new OperatorError(`There is no scope "${unknown.join(', ')}" (there are: ${SCOPES.join(', ')}).`);
  const { token, stored } = makeToken({ name, client, scopes: scopes.filter(isScope) }, Date.now());
  const tokens = withToken(await readTokens(context), stored);
  if (tokens === undefined)
    throw new OperatorError(
      `There is a token "${name}" already. Choose another name, or revoke that one first.`,
    );
  const { sha256: _, ...shown } = stored;
  if (command.dryRun)
    return printDryRun(
      command.json,
      shown,
      `Token "${name}" of client "${client}" would be made: ${stored.scopes.join(', ')}.`,
    );
  const about = { name, client, scopes: stored.scopes.join(' '), ...reasonIn(command) };
  await context.audited('tokens create', about, async () => {
    await writeTokens(context, tokens);
    return {};
  });
  print(command.json, { ...shown, token }, [
    token,
    '',
    `Token "${name}" of client "${client}": ${stored.scopes.join(', ')}.`,
    'Keep it now: it is shown this once. It is good at once.',
  ]);
  return 0;
}

const isScope = (word: string): word is Scope => (SCOPES as readonly string[]).includes(word);

/** Lists the tokens, without anything that could be used as one. */
export async function listTokens(context: OperatorContext, command: Shared): Promise<number> {
  const { tokens } = await readTokens(context);
  const shown = tokens.map(({ sha256: _, ...token }) => token);
  const lines = columns(
    shown.map(({ name, client, createdAt, scopes }) => [name, client, createdAt, scopes.join(' ')]),
  );
  print(command.json, { tokens: shown }, lines.length > 0 ? lines : ['There is no token.']);
  return 0;
}

/** Revokes a token: within a minute nobody is let in with it. @throws OperatorError when there is none of that name */
export async function revokeToken(
  context: OperatorContext,
  name: string,
  command: Shared & Reasoned & { dryRun: boolean },
): Promise<number> {
  const tokens = withoutToken(await readTokens(context), name);
  if (tokens === undefined) throw notFound(`There is no token "${name}". "tokens list" shows the names.`);
  if (command.dryRun) return printDryRun(command.json, { wouldRevoke: name }, `"${name}" would be revoked.`);
  await context.audited('tokens revoke', { name, ...reasonIn(command) }, async () => {
    await writeTokens(context, tokens);
    return {};
  });
  print(command.json, { revoked: name }, [`"${name}" is revoked. Within a minute nobody is let in with it.`]);
  return 0;
}
