import { type Acceptor, acceptCommand } from '../../outbound/commands/accept.ts';
import { type LazyChannel, lazyTables } from '../../outbound/commands/lazy-tables.ts';
import type { AwsOptions } from '../../runtime/aws-clients.ts';
import { createPlatformHints } from '../../runtime/command-hints.ts';
import type { Runtime } from '../../runtime/handler.ts';
import { sqsClient } from '../../runtime/sqs-client.ts';
import type { ApiContext } from './context.ts';

/** What gives commands. It is large and most requests give none, so the API imports this when the first one does. */
export function createAcceptor(
  runtime: Runtime<'api'>,
  {
    channels,
    options,
    ...stores
  }: Pick<Acceptor, 'orders' | 'commands'> & { channels: readonly LazyChannel[]; options: AwsOptions },
): ApiContext['accept'] {
  const { env, clock, log } = runtime;
  const acceptor: Acceptor = {
    ...stores,
    tableOf: lazyTables(channels),
    hint: createPlatformHints(sqsClient(options), env.COMMAND_QUEUES),
    clock,
    log,
  };
  return (given) => acceptCommand(acceptor, given);
}
