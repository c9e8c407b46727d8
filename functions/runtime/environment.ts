import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { OwnError } from './describe-error.ts';

/**
 * The environment variables of each job: what the deployment sets and the function reads, from one schema. They hold names
 * of the account's resources and nothing else: secrets stand in Secrets Manager, and what the merchant configured is part
 * of the function's code, because an environment holds 4 KB.
 */

const filled = z.string().min(1);
/** No client has this name. */
export const ANY_CLIENT = '*';
const texts = lazily(() => z.record(z.string(), filled));
/** JSON: texts by name. */
const named = lazily(() =>
  z.string().transform((text, context) => {
    const read = texts().safeParse(jsonOf(text));
    if (read.success) return read.data;
    context.addIssue({ code: 'custom', message: 'must be a JSON object of texts' });
    return z.NEVER;
  }),
);
/** A whole number above zero, written in digits. */
const wholeNumber = lazily(() => z.coerce.number().int().min(1));
const common = () => ({
  MERCHANT: filled,
  LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
  /** JSON: ids of the secrets by {@link secretName}. */
  SECRETS: named(),
});
const queue = { QUEUE_URL: filled };
const control = { CONTROL_TABLE: filled };
const ordersTable = { ORDERS_TABLE: filled };
/** By platform: the queue of its orders that have commands. */
const commandQueues = () => ({ COMMAND_QUEUES: named() });
/** By platform: the queue of its stores that are to be told of stock. None where nobody counts stock. */
const stockQueues = () => ({ STOCK_QUEUES: named().prefault('{}') });
const orders = () => ({
  ...ordersTable,
  /** Days that the platform's own bytes are kept beside the order. */
  RAW_DAYS: wholeNumber(),
});
const writesOrders = () => ({
  ...orders(),
  /** Hours after which a new order should be acknowledged by the merchant's system, where it acknowledges. */
  ACKNOWLEDGE_WITHIN_HOURS: wholeNumber().optional(),
  /** The client of the API whose acknowledgement it is, or {@link ANY_CLIENT}. */
  ACKNOWLEDGED_BY: filled,
});

/** Made when they are asked for: a function reads the variables of its own job, and needs the other schemas at no start. */
export const ENVIRONMENTS = {
  receive: lazily(() => z.object({ ...common(), ...queue })),
  poll: lazily(() => z.object({ ...common(), ...queue, ...control })),
  process: lazily(() => z.object({ ...common(), ...queue, ...control, ...writesOrders() })),
  reconcile: lazily(() =>
    z.object({
      ...common(),
      ...queue,
      ...control,
      ...writesOrders(),
      /** Where webhooks are sent of stores in which the app subscribes them. */
      WEBHOOK_URL: filled.optional(),
    }),
  ),
  dispatch: lazily(() => z.object({ ...common(), ...queue, ...control, ...writesOrders() })),
  tell: lazily(() => z.object({ ...common(), ...queue, ...control, ...ordersTable })),
  install: lazily(() =>
    z.object({
      ...common(),
      ...control,
      /** Where the stores' webhooks are sent. */
      WEBHOOK_URL: filled,
      /** What an installation link carries: without it nobody begins an installation. */
      INSTALL_KEY: z.string().min(16),
    }),
  ),
  publish: lazily(() =>
    z.object({
      ...common(),
      ...queue,
      ...control,
      /** The event bus that events go to as well, if the merchant wants one. */
      EVENT_BUS: filled.optional(),
    }),
  ),
  api: lazily(() => z.object({ ...common(), ...control, ...orders(), ...commandQueues(), ...stockQueues() })),
  deliver: lazily(() => z.object({ ...common(), ...queue, ...control, ...ordersTable })),
  track: lazily(() => z.object({ ...common(), ...ordersTable, ...stockQueues() })),
  compare: lazily(() => z.object({ ...common(), ...control, ...ordersTable, ...stockQueues() })),
  sweep: lazily(() =>
    z.object({ ...common(), ...queue, ...control, ...ordersTable, ...commandQueues(), ...stockQueues() }),
  ),
} as const;

/** What a function of ours does: for one platform, or for the merchant's own system. */
export type Job = keyof typeof ENVIRONMENTS;
/** What is done for the merchant's own system, whatever platforms there are. */
export type ErpJob = 'publish' | 'api' | 'deliver' | 'sweep' | 'track' | 'compare';
/** What is done for one platform, by a function of its own. */
export type PlatformJob = Exclude<Job, ErpJob>;
export type EnvironmentOf<J extends Job> = z.output<ReturnType<(typeof ENVIRONMENTS)[J]>>;
/** The name of a secret in `SECRETS`. */
export const secretName = (credential: string, storeId: string | undefined): string =>
  storeId === undefined ? credential : `${credential}/${storeId}`;

/**
 * Reads a function's environment once, at cold start.
 *
 * @throws Error naming each variable that is missing or wrong, so that a bad deployment fails at its first call.
 */
export function readEnvironment<J extends Job>(
  job: J,
  variables: Record<string, string | undefined>,
): EnvironmentOf<J> {
  // One lookup by a generic key widens to the union of all schemas; the table's own type says which one it is.
  const schema: z.ZodType = ENVIRONMENTS[job]();
  const read = schema.safeParse(variables);
  if (!read.success) throw new OwnError(`environment of ${job} is wrong: ${z.prettifyError(read.error)}`);
  return read.data as EnvironmentOf<J>;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
