import * as z from 'zod';
import { canonicalJson } from '../canonical-json.ts';
import { itemName } from '../item-name.ts';
import { lazily } from '../lazily.ts';
import type { OrderRow } from '../order-row.ts';
import type { EpochMs } from '../time.ts';
import { placesSelling, type StockChannel } from './channel.ts';
import { type Booking, booking, type Claim, claimSchema, type TakenSince } from './claim.ts';
import { claimedAs, claimedParts, claimedPartsSchema, type Kits } from './kits.ts';
import type { Thousandths } from './quantity.ts';
import { takenBy } from './taken.ts';

const { places, history } = claimSchema().shape;

/** Everything that is known of what an order takes from the stock. Holds nothing of a person. */
export const orderClaimsSchema = lazily(() =>
  z.object({
    /** The newest version of the order that is in it. */
    version: z.int(),
    bookings: z.array(booking()),
    /** By line and SKU, also of lines that the order does not have any more. */
    lines: z.record(
      z.string(),
      z.object({
        sku: z.string(),
        places,
        history,
        /** What it was claimed as by the tables of kits of their time; itself when absent. */
        parts: claimedPartsSchema().optional(),
      }),
    ),
  }),
);
export type OrderClaims = z.infer<ReturnType<typeof orderClaimsSchema>>;

export interface FollowRules {
  readonly channels: readonly StockChannel[];
  /** The client of the API whose acknowledgements say what is booked. */
  readonly owner: string;
  /** ISO time. Orders that were placed before are in the numbers of the merchant's system already, and are not followed. */
  readonly since?: string | undefined;
  readonly kits: Kits;
}

/** A claim, and the SKU that it is for. */
export interface SkuClaim {
  readonly sku: string;
  readonly claim: Claim;
}

/** Changes of one line are few; the oldest are forgotten first. */
const MOST_CHANGES = 32;
/** Bookings of one order are few. */
const MOST_BOOKINGS = 16;

/** A line that came to have another SKU is another line: what it took of the first is free. No SKU begins before a line's end. */
const lineKey = (lineId: string, sku: string): string => `${lineId}|${sku}`;

/**
 * What an order takes, once its row is as it is now. The same row again changes nothing, and a row that is older than what
 * is known neither.
 */
export function followOrder(
  before: OrderClaims | undefined,
  row: OrderRow,
  rules: FollowRules,
): OrderClaims | undefined {
  if (row.order === undefined || (before !== undefined && row.version < before.version)) return before;
  const { order, version } = row;
  if (before === undefined && isBefore(order.placedAt ?? row.changedAt, rules.since)) return undefined;
  const sold = { platform: row.platform, storeId: row.storeId, outletId: order.outletId };
  const since = sinceOf(row, before);
  const lines = { ...before?.lines };
  const present = new Set<string>();
  for (const { lineId, sku, taken, gone, locationId } of takenBy(order)) {
    const key = lineKey(lineId, sku);
    present.add(key);
    const known = lines[key];
    const selling = placesSelling(rules.channels, { ...sold, locationId });
    // What was claimed while its store had a channel ends with the order, also without one.
    const where = selling.length === 0 ? (known?.places ?? []) : selling;
    if (where.length === 0) continue;
    const said = { version, taken, gone, since };
    const history = followed(known?.history ?? firstOf(before, since), said);
    const parts = claimedParts(rules.kits, sku, known, { version, since });
    lines[key] = { sku, places: where, history, ...(parts === undefined ? {} : { parts }) };
  }
  for (const [key, line] of Object.entries(lines)) {
    if (present.has(key)) continue;
    lines[key] = { ...line, history: followed(line.history, { version, taken: 0, gone: 0, since }) };
  }
  return { version, bookings: bookingsWith(before?.bookings ?? [], row, rules.owner), lines };
}

/** Whether a time is before orders are followed. @param time ISO text, as `since` */
export const isBefore = (time: string, since: string | undefined): boolean =>
  since !== undefined && Date.parse(time) < Date.parse(since);

/** When the order became as it is. Of the first look at it: when it was placed. */
function sinceOf({ order, changedAt }: OrderRow, before: OrderClaims | undefined): EpochMs {
  const said = before === undefined ? order?.placedAt : undefined;
  return Date.parse(said ?? changedAt);
}

/** A line that comes later took nothing at the versions before it. */
const firstOf = (before: OrderClaims | undefined, since: EpochMs): TakenSince[] =>
  before === undefined ? [] : [{ version: before.version, taken: 0, gone: 0, since }];

/** The history with what is said now; as it was where that says nothing new. */
function followed(known: readonly TakenSince[], said: TakenSince): TakenSince[] {
  const last = known.at(-1);
  const gone = Math.max(said.gone, last?.gone ?? 0);
  const next = { ...said, gone, taken: Math.max(said.taken, gone) };
  if (last !== undefined && last.taken === next.taken && last.gone === next.gone) return [...known];
  return [...known.filter(({ version }) => version < next.version), next].slice(-MOST_CHANGES);
}

function bookingsWith(known: readonly Booking[], { acknowledgements }: OrderRow, owner: string): Booking[] {
  const said = acknowledgements?.[owner];
  if (said?.stockBookedAt === undefined) return [...known];
  const { version } = said;
  const others = known.filter((one) => one.version !== version);
  // Of one version the latest counts: a repeat of an earlier one would free goods too early.
  const before = known.find((one) => one.version === version)?.at ?? 0;
  return [...others, { version, at: Math.max(before, Date.parse(said.stockBookedAt)) }]
    .sort((one, other) => one.version - other.version)
    .slice(-MOST_BOOKINGS);
}

/** The claims of an order, by SKU; a kit's are those of its parts, also of those that are in it no more: they take nothing. */
export function claimsOf(key: Parameters<typeof itemName>[0], claims: OrderClaims): SkuClaim[] {
  const order = itemName(key);
  return Object.entries(claims.lines).flatMap(([line, { sku, places, history, parts }]) =>
    Object.entries(claimedAs(sku, parts)).map(([part, { quantity, ended }]) => {
      const all = history.map((one) => ({ ...one, taken: one.taken * quantity, gone: one.gone * quantity }));
      return {
        sku: part,
        claim: {
          order,
          line: part === sku ? line : `${line}|${part}`,
          places,
          // As if it had never been in the kit: what the merchant's system booked is nothing to give back.
          history: ended === undefined ? all : [{ ...ended, taken: 0, gone: 0 }],
          bookings: claims.bookings,
        },
      };
    }),
  );
}

/** A claim that is not as it was. `before`: what the line took then; undefined when it is new. */
export interface ChangedClaim extends SkuClaim {
  readonly before: Thousandths | undefined;
}

/** The claims of an order that are not as they were. */
export function changedClaims(
  key: Parameters<typeof itemName>[0],
  before: OrderClaims | undefined,
  after: OrderClaims,
): ChangedClaim[] {
  const known = new Map(
    (before === undefined ? [] : claimsOf(key, before)).map(({ claim }) => [claim.line, claim]),
  );
  return claimsOf(key, after).flatMap(({ sku, claim }) => {
    const old = known.get(claim.line);
    if (old !== undefined && canonicalJson(old) === canonicalJson(claim)) return [];
    return [{ sku, claim, before: old?.history.at(-1)?.taken }];
  });
}
