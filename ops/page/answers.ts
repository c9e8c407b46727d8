import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { itemName } from '../../functions/domain/item-name.ts';
import { ORDER_STATUSES } from '../../functions/domain/order-words.ts';
import type { EpochMs } from '../../functions/domain/time.ts';
import type { OperatorContext } from '../context.ts';
import { peekAtDeadLetters } from '../data/dead-letters.ts';
import { findHits } from '../data/found.ts';
import { keptText } from '../data/order.ts';
import { type Change, changeSchema, planChange, runChange } from './changes.ts';
import { findQuery, isScreen, keyNamed, readScreen } from './screens.ts';

/** What the page may do beside reading. */
export interface Rights {
  /** It may change something. */
  readonly write: boolean;
  /** It may show whose an order is, each time with an entry of the audit trail. */
  readonly personal: boolean;
}

/** Something that a person is not let do, or that is not there. The message is for that person. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A plan is looked at for a few minutes, in ms; then the world is another. */
const PLAN_MS = 10 * 60_000;
const MOST_PLANS = 50;
const MOST_PEEKED = 10;

/** Everything that the page asks and says, behind its door. Answers are JSON. */
export interface Answers {
  get(name: string, query: Readonly<Record<string, string>>): Promise<unknown>;
  post(name: string, body: unknown): Promise<unknown>;
}

export function createAnswers({
  context,
  rights,
  release,
  now,
}: {
  context: OperatorContext;
  rights: Rights;
  release: string;
  now: () => EpochMs;
}): Answers {
  const plans = new Map<string, { change: Change; at: EpochMs }>();
  const mayWrite = () => {
    if (!rights.write)
      throw new Refused(403, 'This page only reads. Start it with --write to change something.');
  };
  const posts: Readonly<Record<string, (body: unknown) => Promise<unknown>>> = {
    async plan(body) {
      const change = changeSchema.parse(body);
      const plan = await planChange(context, change);
      const id = randomUUID();
      plans.set(id, { change, at: now() });
      for (const old of [...plans.keys()].slice(0, -MOST_PLANS)) plans.delete(old);
      return { id, ...plan };
    },
    async run(body) {
      mayWrite();
      const { plan: id } = z.object({ plan: z.string() }).parse(body);
      const plan = plans.get(id);
      // Whatever comes of it, it is done once.
      plans.delete(id);
      if (plan === undefined || now() - plan.at > PLAN_MS)
        throw new Refused(409, 'This plan is not open any more. Look at a new one.');
      return runChange(context, plan.change);
    },
    async person(body) {
      if (!rights.personal) throw new Refused(403, 'Nobody is shown here. Start the page with --personal.');
      const { name, sha256 } = z.object({ name: z.string(), sha256: z.string().optional() }).parse(body);
      const key = keyNamed(context, name);
      const shown: { personal?: unknown; text?: string } = {};
      await context.audited('ui personal', { order: itemName(key) }, async () => {
        if (sha256 === undefined) shown.personal = (await context.orders.get(key))?.personal ?? {};
        else shown.text = (await keptText(context, key, { sha256, personal: true })).text;
        return {};
      });
      return shown;
    },
    async find(body) {
      const { text } = findQuery.parse(body);
      return findHits(context, text, rights.personal ? { auditedAs: 'ui personal' } : {});
    },
    // Each look counts as one receive, so it is no GET.
    peek: async () => ({ messages: await peekAtDeadLetters(context, { limit: MOST_PEEKED }) }),
  };
  return {
    async get(name, query) {
      if (name === 'state') {
        const { merchant, who, channels } = context;
        const platforms = channels.map(({ platform }) => ({ name: platform.name, title: platform.title }));
        return {
          merchant: merchant.name,
          region: merchant.region,
          release,
          who,
          platforms,
          statuses: ORDER_STATUSES,
          ...rights,
        };
      }
      if (!isScreen(name)) throw new Refused(404, 'There is no such question.');
      return readScreen(context, name, query);
    },
    async post(name, body) {
      const answer = Object.hasOwn(posts, name) ? posts[name] : undefined;
      if (answer === undefined) throw new Refused(404, 'There is no such question.');
      return answer(body);
    },
  };
}
