import * as z from 'zod';
import { platformNameSchema } from '../../functions/domain/order.ts';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { ORDER_STATUSES } from '../../functions/domain/order-words.ts';
import type { OperatorContext } from '../context.ts';
import { commandsNow, commandView } from '../data/commands.ts';
import { deadLetterCounts } from '../data/dead-letters.ts';
import { erpStanding } from '../data/erp.ts';
import { findHits } from '../data/found.ts';
import { keptText, wholeOrder } from '../data/order.ts';
import { newestOrders } from '../data/orders.ts';
import { platformStandings } from '../data/platforms.ts';
import { reconciliations } from '../data/reconciliations.ts';
import { reviewRows } from '../data/review.ts';
import { countStockInReview, countsStock, stockInReview } from '../data/stock.ts';
import { onlyKey, readOrderName } from '../order-name.ts';
import { MOST_SOUGHT } from './view/search.ts';

/** What one screen may read, so that no shop is too large for it. */
const MOST = {
  recentOrders: 40,
  recentRows: 400,
  reviewRows: 50,
  commands: 50,
  stockSkus: 100,
  failedDays: 7,
  reconciliations: 15,
  auditEntries: 60,
} as const;

/** One kind of question that the page asks. */
interface Screen<Q, A> {
  readonly query: z.ZodType<Q>;
  readonly read: (context: OperatorContext, query: Q) => Promise<A>;
}

const screen = <Q, A>(query: z.ZodType<Q>, read: Screen<Q, A>['read']): Screen<Q, A> => ({ query, read });
const nothing = z.object({});
const name = z.string().min(1).max(400);

/** What is looked for. An e-mail address is no query of an address of the page: it is said in a body. */
export const findQuery = z.object({ text: z.string().trim().min(1).max(MOST_SOUGHT) });

/** The order that a name means, of a store of the merchant. @throws OperatorError for any other */
export const keyNamed = (context: Pick<OperatorContext, 'stores'>, text: string): OrderKey =>
  onlyKey(readOrderName(text, context.stores));

/** Everything that the page can ask. What it reads is bounded, and nothing of a person. */
export const SCREENS = {
  /** What waits for a person, for the numbers beside the names of the screens. */
  waiting: screen(nothing, async (context) => {
    const [review, deadLetters, stock, commands] = await Promise.all([
      Promise.all(context.names.map((one) => context.index.needsReview(one))),
      deadLetterCounts(context),
      countsStock(context) ? countStockInReview(context.stock) : 0,
      Promise.all(
        context.commandPlatforms.map((one) =>
          context.commandsAtWork(one, 'in-doubt', { limit: MOST.commands }),
        ),
      ),
    ]);
    const total = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0);
    return {
      review: total(review.map(({ length }) => length)),
      deadLetters: total(Object.values(deadLetters)),
      stock,
      commands: total(commands.map(({ length }) => length)),
    };
  }),
  recent: screen(
    z.object({ platform: platformNameSchema().optional(), status: z.enum(ORDER_STATUSES).optional() }),
    (context, { platform, status }) =>
      newestOrders(context, {
        ...(platform === undefined ? {} : { platform }),
        ...(status === undefined ? {} : { status }),
        limit: MOST.recentOrders,
        mostRows: MOST.recentRows,
      }),
  ),
  find: screen(findQuery, (context, { text }) => findHits(context, text, {})),
  order: screen(z.object({ name }), async (context, query) => ({
    order: await wholeOrder(context, keyNamed(context, query.name)),
  })),
  bytes: screen(z.object({ name, sha256: z.string().regex(/^[0-9a-f]{64}$/) }), (context, query) =>
    keptText(context, keyNamed(context, query.name), { sha256: query.sha256, personal: false }),
  ),
  review: screen(nothing, (context) => reviewRows(context, { mostRows: MOST.reviewRows })),
  now: screen(nothing, async (context) => {
    const [platforms, erp] = await Promise.all([platformStandings(context), erpStanding(context)]);
    return { platforms, erp };
  }),
  commands: screen(nothing, async (context) => {
    const found = await commandsNow(context, { days: MOST.failedDays, most: MOST.commands });
    return { commands: found.map(commandView), platforms: context.commandPlatforms };
  }),
  stock: screen(nothing, async (context) => {
    const counted = countsStock(context);
    const found = counted ? await stockInReview(context.stock, { mostSkus: MOST.stockSkus }) : undefined;
    return { counted, reasons: found?.reasons ?? [], complete: found?.complete ?? true };
  }),
  deadLetters: screen(nothing, async (context) => ({ counts: await deadLetterCounts(context) })),
  reconciliations: screen(nothing, async (context) => ({
    runs: await reconciliations(context, { perStore: MOST.reconciliations }),
    stores: context.stores,
  })),
  audit: screen(nothing, async ({ entries }) => ({ entries: await entries.latest(MOST.auditEntries) })),
} as const;

export type ScreenName = keyof typeof SCREENS;
/** What a screen answers with. */
export type Answer<N extends ScreenName> = Awaited<ReturnType<(typeof SCREENS)[N]['read']>>;

export const isScreen = (text: string): text is ScreenName => Object.hasOwn(SCREENS, text);

/** Answers a question of the page. @throws ZodError for a question that is none */
export function readScreen(
  context: OperatorContext,
  screenName: ScreenName,
  query: unknown,
): Promise<unknown> {
  const { query: schema, read } = SCREENS[screenName] as Screen<unknown, unknown>;
  return read(context, schema.parse(query));
}
