import type { Order, OrderStatus } from '../../domain/order.ts';

type FulfilmentStatus = Order['fulfilment']['status'];

/**
 * Words for where a sale stands. iMotriz publishes none; its panel has seven stages, of which the first is "Pedido" (user
 * guide, sales). The rest is what sellers' systems in its countries call such stages: an assumption.
 */
const STATUSES: readonly (readonly [words: RegExp, order: OrderStatus, fulfilment: FulfilmentStatus])[] = [
  // What undoes a sale comes first: "no entregado" is not delivered.
  [
    /cancel|anulad|rechaz|declin|expir|vencid|caducad|devuel|devoluc|reembols|fallid|abandon|^no |sin entregar|void|reject|refund|return|fail/,
    'cancelled',
    'unknown',
  ],
  [/^entregad[oa]|^recibid[oa] por|^delivered/, 'delivered', 'delivered'],
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
  [/^(pedido|nuev[oa]|recibid[oa]|registrad[oa]|pendiente|new|received|pending)\b/, 'received', 'unpacked'],
];

export interface StatusReading {
  order: OrderStatus;
  fulfilment: FulfilmentStatus;
  countsAsSale: boolean;
  /** The platform's own word; empty where it says none. */
  word: string;
}

/**
 * Our statuses for a sale's own word. What says nothing is a new sale, because new sales are what is handed out; what says
 * something that is not known is `unknown` and not counted as a sale until the platform says more.
 */
export function readStatus(said: unknown): StatusReading {
  const word = typeof said === 'string' || typeof said === 'number' ? String(said).trim() : '';
  if (word === '') return { order: 'received', fulfilment: 'unknown', countsAsSale: true, word };
  const plain = word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const known = STATUSES.find(([words]) => words.test(plain));
  const [, order, fulfilment] = known ?? ([undefined, 'unknown', 'unknown'] as const);
  return { order, fulfilment, countsAsSale: order !== 'unknown' && order !== 'cancelled', word };
}
