import * as z from 'zod';
import { NOTHING, type Service, sum, times, type Units, usdByService, usdPerMillion } from './units.ts';

const units = z.object(
  Object.fromEntries(Object.keys(NOTHING).map((name) => [name, z.number()])) as Record<
    keyof Units,
    z.ZodNumber
  >,
);

/** What was counted of events and of reconciliation; `docs/event-costs.json` keeps the last run of `bench cost`. */
export const eventCosts = z.object({
  events: z.array(
    z.object({
      platform: z.string(),
      rhythm: z.string(),
      events: z.number(),
      /** For each event, by what takes it. */
      parts: z.object({ arrival: units, feed: units, tracker: units }),
    }),
  ),
  reconciliation: z.array(
    z.object({
      platform: z.string(),
      /** A run that meets no order. */
      run: units,
      runsADay: z.number(),
      /** Orders that were compared, none of which differed. */
      orders: z.number(),
      /** How often the schedule reads the row of an order that changed once. */
      looks: z.number(),
      /** For each order and such look, the run's own left out. */
      look: units,
      /** How often the schedule meets it beside that, and goes by what an earlier run found current. */
      sparedLooks: z.number(),
      /** For each order and such look, its share of writing that down included. */
      sparedLook: units,
    }),
  ),
});
export type EventCosts = z.output<typeof eventCosts>;
export type EventCost = EventCosts['events'][number];
export type ReconciliationCost = EventCosts['reconciliation'][number];

/** From the platform to the feed; what follows the rows is beside it. */
export const withFeed = ({ parts }: Pick<EventCost, 'parts'>): Units => sum(parts.arrival, parts.feed);

/** Of a small shop, for which runs count as much as the orders that they meet. */
export const ORDERS_A_DAY = 400;

/** The runs themselves for a million orders, in US dollars, where so many come in a day. */
export const usdOfRuns = (
  { run, runsADay }: Pick<ReconciliationCost, 'run' | 'runsADay'>,
  ordersADay: number,
): number => usdPerMillion(times(run, runsADay / ordersADay));

/** For a million orders more, in all looks, in US dollars. */
export const usdOfLooks = ({
  look,
  looks,
  sparedLook,
  sparedLooks,
}: ReconciliationCost): Record<Service, number> =>
  usdByService(sum(times(look, looks), times(sparedLook, sparedLooks)));
