import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { OwnError } from './describe-error.ts';

/** How long a client of an AWS service waits, and how often it tries. */
export interface Patience {
  /** For a connection, in ms. */
  readonly connectMs: number;
  /** For the answer to one attempt, the connection included, in ms. */
  readonly answerMs: number;
  /** Attempts in all, for failures that may pass. */
  readonly attempts: number;
}

/** The services answer within milliseconds: what takes seconds is not going to be answered. */
export const PATIENCE: Patience = { connectMs: 1_000, answerMs: 3_000, attempts: 3 };

/** The longest pause of the SDK between two attempts that were not answered, in ms. */
const PAUSE_MS = 500;

/** The longest that one call may take until it is answered or fails, in ms. */
export const longestCallMs = ({ attempts, answerMs }: Patience = PATIENCE): number =>
  attempts * answerMs + (attempts - 1) * PAUSE_MS;

/** Time that a function keeps for itself, in ms: to say what failed and to write its metrics before it is ended. */
const RESERVE_MS = 500;

/** There is no time left for the call; it was not made, and trying it again cannot help. */
export class DeadlineExceeded extends OwnError {
  override readonly name = 'DeadlineExceeded';

  constructor() {
    super('no call was made: the function is about to be ended');
  }
}

/** Where a client calls, how patient it is, and what is left of the time of the work it is for. */
export interface AwsOptions {
  readonly patience?: Patience;
  /** In ms; without end when absent. No call lasts longer. */
  readonly timeLeftMs?: () => number;
  readonly region?: string;
}

/**
 * The configuration of every client. A time-out of this SDK only warns unless it is told to throw, and an answer may also
 * stop in its middle.
 */
export const clientConfig = ({ patience = PATIENCE, region }: AwsOptions) => ({
  ...(region === undefined ? {} : { region }),
  maxAttempts: patience.attempts,
  requestHandler: {
    connectionTimeout: patience.connectMs,
    requestTimeout: patience.answerMs,
    socketTimeout: patience.answerMs,
    throwOnRequestTimeout: true,
  },
});

interface Client {
  config: {
    requestHandler: { handle(request: never, options?: { requestTimeout?: number }): Promise<unknown> };
  };
}

/** Lets no attempt of a client last longer than the time that is left. */
export function bounded<C extends Client>(client: C, { patience = PATIENCE, timeLeftMs }: AwsOptions): C {
  if (timeLeftMs === undefined) return client;
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = async (request, options) => {
    const left = timeLeftMs() - RESERVE_MS;
    if (left <= 0) throw new DeadlineExceeded();
    return handle(request, { ...options, requestTimeout: Math.min(patience.answerMs, left) });
  };
  return client;
}

/** The client of every secret. */
export const secretsClient = (options: AwsOptions = {}): SecretsManagerClient =>
  bounded(new SecretsManagerClient(clientConfig(options)), options);

/** What is left of the time of the call that a function works on. A container works on one at a time. */
export interface Deadline {
  /** To be called when a call begins, with what is left of it, in ms. */
  begin(remainingMs: () => number): void;
  /** Without end between two calls. */
  leftMs(): number;
}

export function createDeadline(): Deadline {
  let remaining = () => Number.POSITIVE_INFINITY;
  return {
    begin(remainingMs) {
      remaining = remainingMs;
    },
    leftMs: () => remaining(),
  };
}
