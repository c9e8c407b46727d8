import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { itemName } from '../../functions/domain/item-name.ts';
import { type OrderKey, orderOf } from '../../functions/domain/order-row.ts';
import { isoTime } from '../../functions/domain/time.ts';
import type { HttpAnswer, HttpEvent } from '../../functions/erp/api/answer-request.ts';
import { ORDER_ROW_SK, orderPk } from '../../functions/storage/keys.ts';
import { isTombstone } from '../../functions/storage/tombstones.ts';
import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { connect } from '../aws/event-source.ts';
import { functionsOf, type SimFunction } from '../aws/functions.ts';
import { createSimQueue, losing, type SimQueue } from '../aws/queue.ts';
import type { Tables } from '../aws/tables.ts';
import type { CommandWatch } from '../invariants/command-watch.ts';
import { rowOf } from '../invariants/rows.ts';
import { COMMANDED, commandQueue, DEPLOYED, TABLE } from '../plan/merchant.ts';
import type { PlannedPost } from '../plan/planned-order.ts';
import type { Loop } from '../time/loop.ts';
import { type ApiRequest, apiEvent } from './api-request.ts';
import { commandColdStarts, type Decision } from './command-containers.ts';
import type { ColdStart, ContainerOptions } from './containers.ts';
import type { FaultPlayer } from './fault-player.ts';

export interface CommandSideOptions extends ContainerOptions {
  loop: Loop;
  random: SeededRandom;
  player: FaultPlayer;
  tables(): Tables;
  watch: CommandWatch;
}

/** The merchant's own system as far as it wants orders changed, the API that it asks, and what carries it out. */
export interface CommandSide {
  /** Queues of orders that have commands, by name. */
  queues: ReadonlyMap<string, SimQueue>;
  /** Asks for what a plan wants done to an order, now or as soon as the order is known, until it is answered. */
  want(key: OrderKey, post: PlannedPost): void;
  /** Sends a request until the API takes it; gives what it answers. */
  ask(request: ApiRequest): Promise<unknown>;
  /** What is left to be asked again. */
  again(key: OrderKey, post: PlannedPost, other: boolean): void;
  /** A person follows the alarm of a command that nobody knows the end of. */
  decide(decision: Decision): void;
  busy(): boolean;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** An order that did not come by then is not asked about. */
const LONGEST_WAIT_MS = 3 * 60 * MINUTE;
/** By then somebody looks what keeps the operator's command. */
const OPERATOR_MS = 60 * MINUTE;

const answered = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      result: z.enum(['accepted', 'known', 'error']),
      error: z.object({ code: z.string() }).optional(),
    }),
  ),
});
export type PostAnswer = z.infer<typeof answered>['items'][number];

export function createCommandSide(options: CommandSideOptions): CommandSide {
  const { loop, random, player, tables, watch } = options;
  const starts = commandColdStarts(options);
  const bodies = new Map<PlannedPost, string>();
  let pending = 0;

  const made = functionsOf({ loop, random });
  const make = <E, R>(name: string, timeoutMs: number, coldStart: ColdStart<E, R>): SimFunction<E, R> =>
    made(name, timeoutMs, coldStart, ({ id }, { ok }) => watch.runEnded(id, ok));
  const api = make<HttpEvent, HttpAnswer>('erp-api', DEPLOYED.erp.timeoutMs.api, starts.api);
  const operator = make<Decision, void>('erp-operator', OPERATOR_MS, starts.operator);
  const queues = new Map(
    COMMANDED.map((channel): [string, SimQueue] => {
      const name = commandQueue(channel.platform.name);
      const queue = createSimQueue({
        name,
        visibilityMs: DEPLOYED.commands.visibilityMs,
        maxReceives: Number.POSITIVE_INFINITY,
        loop,
        random: random.fork(name),
        disorder: () => player.now('disorder') ?? { duplicates: 0.02, lateMs: 200 },
      });
      const { batchSize, maxConcurrency } = DEPLOYED.commands;
      const consumer = make<SQSEvent, SQSBatchResponse>(
        `${channel.platform.name}-dispatch`,
        DEPLOYED.timeoutMs.dispatch,
        starts.dispatch(channel),
      );
      connect({ queue, consumer, batchSize, maxConcurrency, loop });
      return [name, losing(queue, random.fork(`lost-${name}`), () => player.now('lost-hints')?.chance)];
    }),
  );

  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      loop.setTimeout(resolve, ms);
    });

  /** What is asked, made from the order as it is known when it is asked first; undefined while there is none. */
  function bodyOf(key: OrderKey, post: PlannedPost): string | undefined {
    const known = bodies.get(post);
    if (known !== undefined) return known;
    const { Item } = tables().get({ TableName: TABLE.orders, Key: { pk: orderPk(key), sk: ORDER_ROW_SK } });
    const order = Item === undefined || isTombstone(Item) ? undefined : orderOf(rowOf(Item).row);
    if (order === undefined) return undefined;
    const items = post.commands.map((command) => ({
      id: command.id,
      order: itemName(key),
      command: command.name,
      input: starts.inputOf(command, order),
      ...(command.expiresAfterMs === undefined
        ? {}
        : { expiresAt: isoTime(loop.now() + command.expiresAfterMs) }),
    }));
    const body = JSON.stringify({ items });
    bodies.set(post, body);
    return body;
  }

  /** Sends a request until it is answered. */
  async function ask(request: ApiRequest): Promise<unknown> {
    for (;;) {
      const outcome = await api.invoke(apiEvent(request));
      if (outcome.ok && outcome.result.statusCode === 202) return JSON.parse(outcome.result.body ?? '');
      if (outcome.ok && (outcome.result.statusCode ?? 0) < 500)
        throw new Error(`the API answered ${outcome.result.statusCode}: ${outcome.result.body}`);
      await wait(5 * SECOND + 40 * SECOND * random.next());
    }
  }

  const send = async (body: string): Promise<readonly PostAnswer[]> =>
    answered.parse(await ask({ method: 'POST', path: '/v1/commands', body })).items;

  async function want(key: OrderKey, post: PlannedPost): Promise<void> {
    const until = loop.now() + LONGEST_WAIT_MS;
    let body = bodyOf(key, post);
    while (body === undefined && loop.now() < until) {
      await wait(MINUTE);
      body = bodyOf(key, post);
    }
    if (body !== undefined) watch.answered(await send(body));
  }

  async function again(key: OrderKey, post: PlannedPost, other: boolean): Promise<void> {
    const body = bodies.get(post);
    if (body === undefined) return;
    if (!other) return watch.answered(await send(body));
    const items = post.commands.map(({ id }) => ({
      id,
      order: itemName(key),
      command: 'note',
      input: { text: 'something else' },
    }));
    watch.answeredOther(await send(JSON.stringify({ items })));
  }
  const counted = (work: Promise<void>) => {
    pending += 1;
    void work.finally(() => {
      pending -= 1;
    });
  };

  return {
    queues,
    ask,
    want: (key, post) => counted(want(key, post)),
    again: (key, post, other) => counted(again(key, post, other)),
    decide: (decision) =>
      counted(
        (async () => {
          await wait(5 * MINUTE + 30 * MINUTE * random.next());
          while (!(await operator.invoke(decision)).ok) await wait(MINUTE);
        })(),
      ),
    busy: () => pending > 0 || watch.unfinished > 0,
  };
}
