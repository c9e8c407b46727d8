import * as z from 'zod';
import { subjectName } from '../../functions/domain/item-name.ts';
import { platformNameSchema } from '../../functions/domain/order.ts';
import { decideCommand, planDecision } from '../actions/commands.ts';
import { redrive } from '../actions/dead-letters.ts';
import { dismissOrders } from '../actions/dismiss.ts';
import { endpointNamed, sendTest, switchEndpoint } from '../actions/endpoints.ts';
import { type PausedStore, pauseStores, resumeStores } from '../actions/pauses.ts';
import { endedWell, reconcileStore } from '../actions/reconcile.ts';
import { isGood, replayOrders } from '../actions/replay.ts';
import { tellSkuAgain } from '../actions/stock.ts';
import type { OperatorContext } from '../context.ts';
import { shownUrl } from '../data/endpoints.ts';
import type { DriftRow } from '../data/stock-drift.ts';
import { said } from '../endpoint-line.ts';
import { storeNamed } from '../order-name.ts';
import { command as typed } from '../print.ts';
import { shownText } from '../shown-text.ts';
import { doneImport, plannedImport } from './import-lines.ts';
import type { Line, Outcome } from './lines.ts';
import { quoted } from './quoted.ts';
import { keyNamed } from './screens.ts';
import { channelText } from './view/stock.ts';

/** Orders of one change: what a person can look through. */
const MOST_ORDERS = 100;
const MOST_DEAD_LETTERS = 100_000;
const PAUSE_HOURS = 4;

const orders = z.array(z.string().min(1).max(400)).min(1).max(MOST_ORDERS);
const id = z.string().min(1).max(200);

/** What a person can change from the page. */
export const changeSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('replay'), orders, source: z.enum(['raw', 'fresh']) }),
  z.object({ do: z.literal('dismiss'), orders, reason: z.string().trim().min(3).max(300) }),
  z.object({ do: z.literal('command'), client: id, id, decision: z.enum(['done', 'failed', 'again']) }),
  z.object({ do: z.literal('redrive'), platform: platformNameSchema() }),
  z.object({ do: z.literal('pause'), store: id, reason: z.string().trim().min(3).max(300) }),
  z.object({ do: z.literal('unpause'), store: id }),
  z.object({ do: z.literal('endpoint'), id, what: z.enum(['resume', 'pause', 'test']) }),
  z.object({ do: z.literal('tell-again'), sku: id }),
  z.object({ do: z.literal('import'), store: id }),
  z.object({ do: z.literal('reconcile'), store: id, from: z.iso.datetime(), dryRun: z.boolean() }),
]);
export type Change = z.infer<typeof changeSchema>;

/** What a change would do, and the command that does the same. */
export interface Plan {
  lines: Line[];
  command: string;
}

/** Says what a change would do. Nothing is written. @throws OperatorError where it cannot be done */
export async function planChange(context: OperatorContext, change: Change): Promise<Plan> {
  return { lines: await planned(context, change), command: typed(context, wordsOf(change)) };
}

async function planned(context: OperatorContext, change: Change): Promise<Line[]> {
  switch (change.do) {
    case 'replay': {
      const keys = change.orders.map((name) => keyNamed(context, name));
      return replayLines(await replayOrders(context, keys, { source: change.source, dryRun: true }));
    }
    case 'dismiss': {
      const keys = change.orders.map((name) => keyNamed(context, name));
      const done = await dismissOrders(context, keys, { reason: change.reason, dryRun: true });
      return done.map(({ order }) => ({ what: order, result: 'would-be-dismissed' }));
    }
    case 'command': {
      const { found, next } = await planDecision(context, change, change.decision);
      return [{ what: subjectName(found.key), result: next.state, changes: [found.command.command] }];
    }
    case 'redrive': {
      const count = await context.deadLettersOf(change.platform).count();
      return [{ what: change.platform, result: 'would-be-sent-back', changes: [String(count)] }];
    }
    case 'pause':
    case 'unpause':
      return pauseLines(await changePause(context, change, true));
    case 'endpoint': {
      const { url, status } = await endpointNamed(context.webhooks, change.id);
      return [{ what: change.id, result: `would-${change.what}`, changes: [status, shownUrl(url)] }];
    }
    case 'tell-again':
      return driftLines(context, await tellSkuAgain(context, change.sku, { dryRun: true }), 'would-be-told');
    case 'import':
      return plannedImport(context, change.store);
    case 'reconcile': {
      const { platform, storeId } = storeNamed(change.store, context.stores);
      const result = change.dryRun ? 'would-be-compared' : 'would-be-repaired';
      return [{ what: `${platform}:${storeId}`, result }];
    }
  }
}

/** Does what was planned. Each change stands in the audit trail. @throws OperatorError where it cannot be done any more */
export async function runChange(context: OperatorContext, change: Change): Promise<Outcome> {
  switch (change.do) {
    case 'replay': {
      const keys = change.orders.map((name) => keyNamed(context, name));
      const results = await replayOrders(context, keys, { source: change.source, dryRun: false });
      return { lines: replayLines(results), good: results.every(isGood) };
    }
    case 'dismiss': {
      const keys = change.orders.map((name) => keyNamed(context, name));
      const done = await dismissOrders(context, keys, { reason: change.reason, dryRun: false });
      return {
        lines: done.map(({ order, result }) => ({ what: order, result })),
        good: done.every(({ result }) => result !== 'not-held'),
      };
    }
    case 'command': {
      const { found } = await decideCommand(context, change, change.decision);
      const { key, command } = found;
      return {
        lines: [{ what: subjectName(key), result: command.state, changes: [command.command] }],
        good: true,
      };
    }
    case 'redrive': {
      const moved = await redrive(context, change.platform, MOST_DEAD_LETTERS);
      return {
        lines: [{ what: change.platform, result: 'sent-back', changes: [String(moved)] }],
        good: true,
      };
    }
    case 'pause':
    case 'unpause': {
      const done = await changePause(context, change, false);
      return { lines: pauseLines(done), good: done.every(({ result }) => result !== 'not-paused') };
    }
    case 'endpoint':
      return changeEndpoint(context, change);
    case 'tell-again':
      return {
        lines: driftLines(context, await tellSkuAgain(context, change.sku, { dryRun: false }), 'told-again'),
        good: true,
      };
    case 'import':
      return doneImport(context, change.store);
    case 'reconcile': {
      const store = storeNamed(change.store, context.stores);
      const report = await reconcileStore(context, store, {
        from: Date.parse(change.from),
        to: undefined,
        products: false,
        customers: false,
        dryRun: change.dryRun,
      });
      const { outcome, counts, problems } = report;
      const changes = Object.entries(counts).map(([word, count]) => `${word} ${count}`);
      const problem = problems.length === 0 ? {} : { problem: problems.join('; ') };
      return {
        lines: [{ what: change.store, result: outcome, changes, ...problem }],
        good: endedWell(report),
      };
    }
  }
}

function changePause(
  context: OperatorContext,
  change: Extract<Change, { do: 'pause' | 'unpause' }>,
  dryRun: boolean,
): Promise<PausedStore[]> {
  const stores = [storeNamed(change.store, context.stores)];
  if (change.do === 'unpause') return resumeStores(context, stores, { dryRun });
  const until = context.control.clock.now() + PAUSE_HOURS * 3_600_000;
  return pauseStores(context, stores, { reason: change.reason, until, dryRun });
}

const pauseLines = (stores: readonly PausedStore[]): Line[] =>
  stores.map(({ platform, storeId, result, until }) => ({
    what: `${platform}:${storeId}`,
    result,
    ...(until === undefined ? {} : { changes: [until] }),
  }));

async function changeEndpoint(
  context: OperatorContext,
  { id: endpoint, what }: Extract<Change, { do: 'endpoint' }>,
): Promise<Outcome> {
  if (what !== 'test') {
    await switchEndpoint(context, endpoint, what);
    return { lines: [{ what: endpoint, result: what === 'pause' ? 'paused' : 'active' }], good: true };
  }
  const { taken, answer } = await sendTest(context.webhooks, endpoint);
  const result = taken ? 'taken' : 'not-taken';
  return { lines: [{ what: endpoint, result, changes: [said(answer)] }], good: taken };
}

const driftLines = ({ channels }: OperatorContext, rows: readonly DriftRow[], result: string): Line[] => {
  const titles = Object.fromEntries(channels.map(({ platform: { name, title } }) => [name, title]));
  return rows.map(({ sku, channel, wanted, seen }) => ({
    what: sku,
    result,
    changes: [
      `${channelText(channel, titles)}: ${shownText(seen, undefined)} → ${shownText(wanted, undefined)}`,
    ],
  }));
};

const replayLines = (results: Awaited<ReturnType<typeof replayOrders>>): Line[] =>
  results.map(({ order, result, changes, problem }) => ({
    what: order,
    result,
    ...(changes === undefined ? {} : { changes }),
    ...(problem === undefined ? {} : { problem }),
  }));

/** The command that does the same, as it is typed. */
export function wordsOf(change: Change): string {
  switch (change.do) {
    case 'replay':
      return `replay ${change.orders.map(quoted).join(' ')}${change.source === 'fresh' ? ' --source fresh' : ''}`;
    case 'dismiss':
      return `attention dismiss ${change.orders.map(quoted).join(' ')} --reason ${quoted(change.reason)}`;
    case 'command':
      return `commands resolve ${quoted(change.client)} ${quoted(change.id)} --${change.decision}`;
    case 'redrive':
      return `dlq redrive --platform ${change.platform}`;
    case 'pause':
      return `platforms pause ${quoted(change.store)} --reason ${quoted(change.reason)} --for ${PAUSE_HOURS}h`;
    case 'unpause':
      return `platforms resume ${quoted(change.store)}`;
    case 'endpoint':
      return `webhooks ${change.what} ${quoted(change.id)}`;
    case 'tell-again':
      return `stock drift ${quoted(change.sku)} --repair`;
    case 'import':
      return `import ${quoted(change.store)} --yes`;
    case 'reconcile':
      return `reconcile ${quoted(change.store)} --from ${change.from}${change.dryRun ? ' --dry-run' : ''}`;
  }
}
