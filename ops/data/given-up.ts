import type { OperatorContext } from '../context.ts';
import type { GivenUpQueue } from '../merchant-queues.ts';
import { countsStock } from './stock.ts';

/** What is missing since a reader of the orders table's stream gave changes up. */
export type Lack = 'unpublished' | 'unclaimed' | 'unnoted';

/** The article of the runbook about each, under its alarm's name. */
const ARTICLES: Readonly<Record<Lack, string>> = {
  unpublished: 'changes-not-published',
  unclaimed: 'stock-not-claimed',
  unnoted: 'orders-not-noted',
};

export interface GivenUp {
  lack: Lack;
  /** Messages, each of which names a stretch of the stream; absent where the deployment is of an older release. */
  messages?: number;
  article: string;
}

/** What the publisher and the tracker gave up. */
export function givenUp(context: Pick<OperatorContext, 'merchant' | 'countGivenUp'>): Promise<GivenUp[]> {
  const queues: readonly (readonly [GivenUpQueue, Lack])[] = [
    ['unpublished', 'unpublished'],
    // The tracker claims and notes. Where both are missing, the goods are urgent, and their article says both.
    ['unfollowed', countsStock(context) ? 'unclaimed' : 'unnoted'],
  ];
  return Promise.all(
    queues.map(async ([queue, lack]) => {
      const messages = await context.countGivenUp(queue);
      return { lack, ...(messages === undefined ? {} : { messages }), article: ARTICLES[lack] };
    }),
  );
}
