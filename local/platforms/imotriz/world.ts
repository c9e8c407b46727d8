import { select } from '../shared/simulated-store.ts';
import type { OrderTruth, SimWorld } from '../simulator.ts';
import { MONEY_STYLES, type MoneyStyle } from './money-style.ts';
import {
  generateAddress,
  generateLine,
  generateSale,
  type Oddity,
  READABLE_ODDITIES,
  type Sale,
} from './record.ts';
import { type BrokenEnvelope, type ImotrizState, recordIn } from './state.ts';

const DAY_MS = 86_400_000;
/** Odd orders of the simulator, as a share of all. */
const ODD_SHARE = 0.3;
const MAX_DAYS_BACK = 30;

/** What a person can change in a sale. */
export type SaleChange = 'line' | 'note' | 'address';

/** The ground truth of one order, and whether it was read in its present state. */
export interface ImotrizTruth extends OrderTruth {
  /** False while the next read of new orders would give it. */
  synchronised: boolean;
  /** False when the record does not say which order it is. */
  hasId: boolean;
}

/** What a test can do to the simulated iMotriz. Ids are texts, as in the ground truth. */
export interface ImotrizWorld extends SimWorld {
  readonly storeId: string;
  /** The token that works now. */
  readonly token: string;
  /** Someone buys; returns the id. Not paid yet: whether unpaid sales are reported is not documented. */
  place(wishes?: { oddity?: Oddity; moneyStyle?: MoneyStyle }): string;
  pay(orderId: string): void;
  /** A line is added, or note or address change; drawn when not given. */
  change(orderId: string, change?: SaleChange): void;
  pack(orderId: string): void;
  ship(orderId: string): void;
  deliver(orderId: string): void;
  cancel(orderId: string): void;
  /** The seller clicks the icon that marks an order as not synchronised. */
  unsync(orderId: string): void;
  truth(orderId?: string): ImotrizTruth[];
  /** Number of orders that were not handed out in their present state. */
  unread(): number;
  /** Ids of those that were, whether the answer arrived or not. */
  handedOut(): string[];
  /** Makes a new token; the old one stops working. */
  renewToken(): string;
  /** Sets the "synchronize from" date, Unix milliseconds, at most 30 days back; `null` for a store that never did. */
  setSyncFrom(at: number | null): void;
  /** Breaks the next answers of new orders, one each; their orders are marked as read nevertheless. */
  breakPages(...how: BrokenEnvelope[]): void;
}

const WITHOUT_ID: ReadonlySet<Oddity> = new Set<Oddity>(['no-id', 'null-id', 'not-an-object']);
const CLOSED = new Set(['Entregado', 'Cancelado']);

/** Makes the world over a state. Its methods throw an Error for an unknown order or an impossible step. */
export function createWorld(state: ImotrizState): ImotrizWorld {
  const { clock, random } = state;
  let lastId = 100_000 + random.int(0, 9_999);
  const known = (orderId: string): Sale => {
    const sale = state.sales.get(Number(orderId));
    if (sale === undefined) throw new Error(`No order ${orderId} in the simulated iMotriz.`);
    return sale;
  };
  const touch = (orderId: string, edit: (sale: Sale) => void) => {
    const sale = known(orderId);
    if (CLOSED.has(sale.stage)) throw new Error(`Order ${orderId} is ${sale.stage}: it cannot change.`);
    edit(sale);
    if (state.options.changesUnsync !== false) sale.synchronised = false;
  };
  const stage = (name: string) => (orderId: string) =>
    touch(orderId, (sale) => {
      sale.stage = name;
    });

  return {
    storeId: state.storeId,
    get token() {
      return state.token;
    },
    place({ oddity, moneyStyle } = {}) {
      lastId += random.int(1, 5);
      const style = moneyStyle ?? styleOf(state);
      const sale = generateSale(lastId, clock.now(), state.country, style, random);
      const odd = state.options.oddities === true && state.oddRandom.chance(ODD_SHARE);
      sale.oddity = oddity ?? (odd ? state.oddRandom.pick(READABLE_ODDITIES) : undefined);
      state.sales.set(sale.id, sale);
      return String(sale.id);
    },
    pay: (orderId) =>
      touch(orderId, (sale) => {
        sale.paid = true;
      }),
    change: (orderId, change = random.pick(['line', 'note', 'address'])) =>
      touch(orderId, (sale) => {
        if (change === 'line') sale.lines.push(generateLine(state.country, random));
        if (change === 'note') sale.note = `Nota ${random.digits(4)}`;
        if (change === 'address') sale.buyer.address = generateAddress(random);
      }),
    pack: stage('En preparación'),
    ship: stage('Despachado'),
    deliver: stage('Entregado'),
    cancel: stage('Cancelado'),
    unsync(orderId) {
      known(orderId).synchronised = false;
    },
    // Nothing of it can be changed from outside.
    effects: () => [],
    unread: () => [...state.sales.values()].filter(({ synchronised }) => !synchronised).length,
    handedOut: () =>
      [...state.sales.values()].flatMap(({ id, synchronised }) => (synchronised ? [String(id)] : [])),
    truth: (orderId) =>
      select(state.sales, orderId === undefined ? undefined : Number(orderId)).map((sale) => ({
        storeId: state.storeId,
        orderId: String(sale.id),
        json: structuredClone(recordIn(state, sale)),
        synchronised: sale.synchronised,
        hasId: sale.oddity === undefined || !WITHOUT_ID.has(sale.oddity),
      })),
    renewToken() {
      state.token = `sim-imotriz-${random.hex(24)}`;
      return state.token;
    },
    setSyncFrom(at) {
      if (at !== null && at < clock.now() - MAX_DAYS_BACK * DAY_MS) {
        throw new Error(`The date may lie ${MAX_DAYS_BACK} days back at most.`);
      }
      state.syncFrom = at;
    },
    breakPages: (...how) => {
      state.brokenPages.push(...how);
    },
    // This platform never pushes anything.
    deliveries: () => [],
    pendingDeliveries: () => 0,
    settled: () => Promise.resolve(),
  };
}

function styleOf({ options, random }: ImotrizState): MoneyStyle {
  const { moneyStyle = 'mixed' } = options;
  return moneyStyle === 'mixed' ? random.pick(MONEY_STYLES) : moneyStyle;
}
