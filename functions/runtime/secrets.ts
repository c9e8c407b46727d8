import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type * as z from 'zod';
import type { Clock } from './clock.ts';
import { isOwn, OwnError } from './describe-error.ts';

/** The field that a new secret is generated with, and that nobody reads. */
export const UNUSED_FIELD = 'unused';

/** A credential kept in memory for a while. */
export interface Secret<T> {
  /** The value, at most `maxAgeMs` old; older only while it cannot be read again. */
  get(): Promise<T>;
  /** The value, read again now: for a credential that was just refused. */
  fresh(): Promise<T>;
}

/** The secret is there but is not what the platform's room needs. Names the keys, never the values. */
export class SecretUnusable extends OwnError {
  override readonly name = 'SecretUnusable';

  static override [Symbol.hasInstance](error: unknown): boolean {
    return isOwn(error, 'SecretUnusable');
  }

  /** Nobody has filled it in since the deployment made it. */
  readonly unfilled: boolean;

  constructor(id: string, problem: string, unfilled = false) {
    super(
      `the secret ${id} is not usable: ${problem}. Put a JSON object with the keys named in the deployment's outputs into it ` +
        '(aws secretsmanager put-secret-value).',
    );
    this.unfilled = unfilled;
  }
}

export interface SecretOptions<T> {
  client: SecretsManagerClient;
  id: string;
  schema: () => z.ZodType<T>;
  clock: Clock;
  /** Default 5 minutes: how long a replaced credential may still be used. */
  maxAgeMs?: number;
  /** Default {@link USED_STALE_AT_MOST_MS}: up to which age a copy is used that cannot be read again. */
  staleMs?: number;
}

/**
 * A copy that cannot be read again is used up to this age (ms), and no longer: whoever revokes a credential while Secrets
 * Manager does not answer must not wait for ever.
 */
export const USED_STALE_AT_MOST_MS = 60 * 60_000;

/** A secret that is not usable is read again at most this often (ms), however many requests need it. */
export const REREAD_UNUSABLE_EVERY_MS = 10_000;

/** The same for a secret that could not be reached, where no copy helps: a short hiccup must not last (ms). */
export const REREAD_UNREACHED_EVERY_MS = 1_000;

/** Secrets Manager answered, and its answer is no: the copy that we hold is not to be used either. */
const REFUSALS = new Set([
  'AccessDeniedException',
  'DecryptionFailure',
  'InvalidRequestException',
  'ResourceNotFoundException',
]);

/**
 * Reads a secret through a cache with a maximum age. Concurrent callers share one request, and so do the callers after a
 * failed one, for a while: what an unfilled secret costs does not grow with the requests of strangers.
 *
 * @throws SecretUnusable, or the AWS SDK's own error.
 */
export function createSecret<T>({
  client,
  id,
  schema,
  clock,
  maxAgeMs = 300_000,
  staleMs = USED_STALE_AT_MOST_MS,
}: SecretOptions<T>): Secret<T> {
  let held: { value: T; at: number } | undefined;
  let failed: { error: unknown; until: number } | undefined;
  let under: Promise<T> | undefined;

  const read = async (): Promise<T> => {
    try {
      const answer = await client.send(new GetSecretValueCommand({ SecretId: id }));
      const value = parseSecret(id, schema(), answer.SecretString ?? '');
      held = { value, at: clock.now() };
      failed = undefined;
      return value;
    } catch (error) {
      const no = saysNo(error);
      if (no) held = undefined;
      const pauseMs = no || held !== undefined ? REREAD_UNUSABLE_EVERY_MS : REREAD_UNREACHED_EVERY_MS;
      failed = { error, until: clock.now() + pauseMs };
      throw error;
    }
  };
  const readOnce = (): Promise<T> => {
    under ??= read().finally(() => {
      under = undefined;
    });
    return under;
  };
  const copyUpTo = (ageMs: number) =>
    held !== undefined && clock.now() - held.at < ageMs ? held : undefined;
  const readUnlessJustFailed = async (): Promise<T> => {
    if (failed !== undefined && clock.now() < failed.until) throw failed.error;
    return readOnce();
  };

  return {
    async get() {
      const young = copyUpTo(maxAgeMs);
      if (young !== undefined) return young.value;
      try {
        return await readUnlessJustFailed();
      } catch (error) {
        const stale = copyUpTo(staleMs);
        if (stale === undefined) throw error;
        return stale.value;
      }
    },
    fresh: readOnce,
  };
}

const saysNo = (error: unknown): boolean =>
  error instanceof SecretUnusable || (error instanceof Error && REFUSALS.has(error.name));

function parseSecret<T>(id: string, schema: z.ZodType<T>, text: string): T {
  let json: unknown;
  try {
    // An editor or a shell puts a byte order mark in front of what it writes to a file.
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's message quotes the text, and the text is the secret.
    throw new SecretUnusable(id, 'it is not JSON');
  }
  const read = checkSecret(schema, json);
  if ('value' in read) return read.value;
  throw new SecretUnusable(id, read.problem, isUnfilled(trimmed(json)));
}

/** Whether a secret is what is needed. A problem names keys and lengths, never a value. */
export function checkSecret<T>(schema: z.ZodType<T>, json: unknown): { value: T } | { problem: string } {
  const typed = trimmed(json);
  const read = schema.safeParse(typed);
  return read.success ? { value: read.data } : { problem: problemOf(read.error.issues, typed) };
}

/** A secret copied out of a panel brings spaces and line breaks along. What is empty was not filled in. */
function trimmed(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  const fields = Object.entries(json).map(([key, value]) => [
    key,
    typeof value === 'string' ? value.trim() : value,
  ]);
  return Object.fromEntries(fields.filter(([, value]) => value !== ''));
}

/** A secret of a new deployment: it fills no field but the one that nobody reads (lib/constructs/platform-secrets.ts). */
const isUnfilled = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && Object.keys(json).every((key) => key === UNUSED_FIELD);

/** Names keys and lengths, never values. */
function problemOf(issues: readonly z.core.$ZodIssue[], json: unknown): string {
  const [missing, short, wrong] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const issue of issues.flatMap(nearest)) {
    const key = issue.path.join('.');
    if (key === '') continue;
    if (issue.code === 'too_small' && issue.origin === 'string')
      short.add(`${key} (at least ${issue.minimum} characters)`);
    else if (valueAt(json, issue.path) === undefined) missing.add(key);
    else wrong.add(key);
  }
  const parts = [
    ['missing or empty', missing],
    ['too short to be a secret', short],
    ['of the wrong type', wrong],
  ] as const;
  const said = parts.flatMap(([what, keys]) => (keys.size === 0 ? [] : [`${what}: ${[...keys].join(', ')}`]));
  return said.length > 0 ? said.join('; ') : 'it lacks the keys it needs';
}

/** Of a secret with several forms, what keeps it from being the form that it is nearest to. */
const nearest = (issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] =>
  issue.code === 'invalid_union'
    ? ([...issue.errors].sort((one, other) => one.length - other.length)[0] ?? [issue])
    : [issue];

const valueAt = (json: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    json,
  );

/** Remembers which secrets a client reads, and finds the one that no call can be made with. */
export function createNeededSecrets() {
  const needed: Secret<unknown>[] = [];
  return {
    needs<T>(secret: Secret<T>): Secret<T> {
      needed.push(secret);
      return secret;
    },
    /** The first that nobody has filled in, or else that holds something else than it should. */
    async findUnusable(): Promise<SecretUnusable | undefined> {
      const reads = await Promise.allSettled(needed.map((secret) => secret.get()));
      const errors = reads.map((read): unknown => (read.status === 'rejected' ? read.reason : undefined));
      const unusable = errors.filter((error) => error instanceof SecretUnusable);
      return unusable.find(({ unfilled }) => unfilled) ?? unusable[0];
    },
  };
}
