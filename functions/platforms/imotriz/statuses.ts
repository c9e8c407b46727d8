import { isObject } from '../../domain/json-object.ts';
import type { Order, OrderStatus } from '../../domain/order.ts';

type FulfilmentStatus = Order['fulfilment']['status'];

/**
 * Words for where a sale stands. iMotriz publishes none; its panel has seven stages, of which the first is "Pedido" (user
 * guide, sales). The rest is what sellers' systems in its countries call such stages: an assumption.
 */
const STATUSES: readonly (readonly [words: RegExp, order: OrderStatus, fulfilment: FulfilmentStatus])[] = [
  // What is only asked for, or was turned down, is neither done nor undone.
  [
    /^(no|sin|not) (cancel|anul|devuel|devol|reembols|rechaz|return|refund|reject)|solicit|pendiente de (cancel|anul|devol|reembols)|(cancel|anul|devol|reembols)\S* (pendiente|en |parcial|rechaz|negad)|request/,
    'unknown',
    'unknown',
  ],
  // What undoes a sale comes next: "no entregado" is not delivered.
  [
    /cancel|anulad|rechaz|declin|deneg|negad|expir|vencid|caducad|devuel|devoluc|retorn|reembols|revers|contracarg|chargeback|fallid|abandon|desist|elimin|^no (acept|aprob|complet|concret|entreg|recib|realiz)|sin (entregar|venta|exito)|void|reject|refund|return|fail/,
    'cancelled',
    'unknown',
  ],
  // What the carrier was handed has not arrived.
  [
    /^(entregad|recibid)[oa] (a|al|por|en)\b.*(transport|courier|mensajer|operador|paqueter)|^handed/,
    'dispatched',
    'dispatched',
  ],
  [/parcial|partial/, 'unknown', 'unknown'],
  [/^entregad[oa]|^recibid[oa] por.*(client|comprador|destinat)|^delivered/, 'delivered', 'delivered'],
  [/^(finalizad|cerrad|completad|terminad)[oa]|^(closed|completed)/, 'closed', 'delivered'],
  [
    /^(despachad|enviad)[oa]|^en (camino|transito|reparto|ruta)|^(dispatched|shipped)/,
    'dispatched',
    'dispatched',
  ],
  [/^(empacad|empaquetad|embalad)[oa]|^(packed)/, 'ready', 'packed'],
  [/^list[oa]\b|^por (despachar|recoger)|^ready/, 'ready', 'ready_for_pickup'],
  [
    /^(confirmad|aprobad|aceptad|pagad|facturad|procesad)[oa]|^(en (preparacion|proceso|alistamiento))|^(preparando|alistando)|^(confirmed|approved|processing|paid)/,
    'confirmed',
    'unpacked',
  ],
  [
    /^(pedido|pendiente|new|received|pending|(nuev|recibid|registrad|realizad|cread|generad|ingresad)[oa])\b/,
    'received',
    'unpacked',
  ],
];

/** Characters of a word that are looked at: the time must not grow with what a sender writes. */
const LONGEST_WORD = 200;

export interface StatusReading {
  order: OrderStatus;
  fulfilment: FulfilmentStatus;
  countsAsSale: boolean;
  /** The platform's own word; empty where it says none. */
  word: string;
}

/** Names under which a sale may say where it stands; iMotriz publishes none. */
const STATUS_KEYS = ['status', 'estado', 'state', 'etapa', 'stage'] as const;

/** What a sale says of where it stands: the first of the keys that says something, and of an object its name. */
export function statusIn(order: Record<string, unknown>): unknown {
  const said = STATUS_KEYS.map((key) => order[key]).find((value) => !isNothing(value));
  if (!isObject(said)) return said;
  return ['nombre', 'name', 'descripcion', ...STATUS_KEYS].map((key) => said[key]).find(isText) ?? said;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (typeof value === 'string' && value.trim() === '') ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/**
 * Our statuses for a sale's own word. What says nothing is a new sale, because new sales are what is handed out; what says
 * something that is not known is `unknown` and not counted as a sale until the platform says more.
 */
export function readStatus(said: unknown): StatusReading {
  const word = typeof said === 'string' || typeof said === 'number' ? String(said).trim() : '';
  if (isNothing(said)) return { order: 'received', fulfilment: 'unknown', countsAsSale: true, word };
  const plain = word
    .slice(0, LONGEST_WORD)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    // "Pedido" alone is the first stage; before another word it only says what is spoken of.
    .replace(/^(pedido|orden|venta|compra|order) (?=[a-z])/, '');
  const known = STATUSES.find(([words]) => words.test(plain));
  const [, order, fulfilment] = known ?? ([undefined, 'unknown', 'unknown'] as const);
  return { order, fulfilment, countsAsSale: order !== 'unknown' && order !== 'cancelled', word };
}
