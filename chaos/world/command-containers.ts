import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Channel } from '../../config/merchant.ts';
import { isErpCommand } from '../../functions/domain/command.ts';
import type { Order } from '../../functions/domain/order.ts';
import { commandsPart } from '../../functions/erp/api/acceptor.ts';
import { answerRequest, type HttpAnswer, type HttpEvent } from '../../functions/erp/api/answer-request.ts';
import { createApi } from '../../functions/erp/api/api.ts';
import { createFurther } from '../../functions/erp/api/further-part.ts';
import { Problem } from '../../functions/erp/api/problem.ts';
import { createHints } from '../../functions/erp/api/stock-hints-part.ts';
import { makeToken } from '../../functions/erp/tokens.ts';
import { termMsOf } from '../../functions/outbound/commands/accept.ts';
import {
  givenAgain,
  isOpenToVerdict,
  resolved,
  type Verdict,
} from '../../functions/outbound/commands/by-a-person.ts';
import { createDispatchers, dispatchEvent } from '../../functions/outbound/commands/dispatch-event.ts';
import type { PlatformCommand } from '../../functions/platforms/commands.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import { readEnvironment } from '../../functions/runtime/environment.ts';
import type { Found } from '../../functions/storage/command-item.ts';
import { createCommandStore } from '../../functions/storage/commands.ts';
import { documentClient } from '../../functions/storage/dynamodb.ts';
import { CHANNELS, STORES, TABLE, variablesOf, variablesOfErp } from '../plan/merchant.ts';
import type { PlannedCommand } from '../plan/planned-order.ts';
import { inputOf } from './command-input.ts';
import { type ColdStart, type ContainerOptions, framed } from './containers.ts';

/** The merchant's own system, as the API knows it. */
export const CLIENT = 'erp';
const TOKEN_SCOPES = ['commands', 'catalogue', 'customers', 'customers:personal'] as const;
const made = makeToken({ name: 'erp-token', client: CLIENT, scopes: [...TOKEN_SCOPES] }, 0);
export const TOKEN = made.token;
/** The secret with the tokens, as `tokens create` leaves it. */
export const TOKENS = JSON.stringify({ tokens: [made.stored] });

/** What a person found out about a command that nobody knows the end of. */
export interface Decision {
  client: string;
  id: string;
  /** Looked up when the person decides, and so told only then. */
  verdict(): Verdict | 'again';
  /** The person's word is about to be written. */
  began(): void;
}

export interface CommandColdStarts {
  api: ColdStart<HttpEvent, HttpAnswer>;
  dispatch(channel: Channel): ColdStart<SQSEvent, SQSBatchResponse>;
  operator: ColdStart<Decision, void>;
  inputOf(command: PlannedCommand, order: Order): Record<string, unknown>;
}

/** Cold starts of the API and of the dispatchers: what their entry points make, with the world's clock and log. */
export function commandColdStarts({ log, metrics }: ContainerOptions): CommandColdStarts {
  return {
    api(clock) {
      const runtime = { env: readEnvironment('api', variablesOfErp()), log: log('erp-api'), metrics, clock };
      const stores = STORES.map(({ platform, store }) => ({ platform: platform.name, storeId: store.id }));
      const channels = CHANNELS.map(({ platform, settings }) => ({
        name: platform.name,
        settings,
        load: async () => platform,
      }));
      const api = createApi(
        {
          stores,
          loadCommands: async () => commandsPart(channels),
          // As with the bus: nothing is read from the disk while a world runs.
          loadFurther: async () => ({ createFurther }),
          loadStockHints: async () => ({ createHints }),
          loadOpenApi: async () => ({ default: {} }),
        },
        runtime,
      );
      return framed(log('erp-api'), async (event, run) => {
        try {
          return await answerRequest(api, event, run);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          const { status, body } = error.answer(run.requestId);
          return { statusCode: status, body: JSON.stringify(body) };
        }
      });
    },
    dispatch: (channel) => (clock) => {
      const name = `${channel.platform.name}-dispatch`;
      const env = readEnvironment('dispatch', variablesOf(channel, 'dispatch'));
      const dispatchers = createDispatchers(channel, { env, log: log(name), metrics, clock });
      return framed(log(name), async (event, run) => {
        await dispatchEvent(dispatchers, event, run);
        return { batchItemFailures: [] };
      });
    },
    operator: (clock) => framed(log('erp-operator'), (decision) => decide(decision, clock)),
    inputOf,
  };
}

/** Like `commands resolve`: writes what a person decided, unless the command is another by now. */
async function decide({ client, id, verdict, began }: Decision, clock: Clock): Promise<void> {
  const commands = createCommandStore({ client: documentClient(), table: TABLE.orders, clock });
  const found = await commands.find(client, id);
  if (found === undefined || !isOpenToVerdict(found.command)) return;
  const { command } = found;
  const said = verdict();
  const now = clock.now();
  const next =
    said === 'again' ? givenAgain(command, now + termOf(found), now) : resolved(command, said, now);
  began();
  if (!(await commands.resolve(found, next))) throw new Error('the command changed meanwhile');
}

/** How long a command is tried that a person gives again, in ms. */
function termOf({ key, command: { command } }: Found): number {
  const store = STORES.find(
    ({ platform, store: { id } }) => platform.name === key.platform && id === key.storeId,
  );
  if (isErpCommand(command)) throw new Error('what a product or customer is to be is sent again, not given');
  return termMsOf(store?.platform.commands(store.store)[command] as PlatformCommand);
}
