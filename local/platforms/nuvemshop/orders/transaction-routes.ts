import * as z from 'zod';
import { numeric, readBody } from '../bodies.ts';
import { money, parseMoney, spaced } from '../formats.ts';
import type { ApiRoute } from '../platform.ts';
import { pay } from './change-order.ts';
import { findOrder } from './routes.ts';

const creation = z.looseObject({
  payment_provider_id: z.string(),
  payment_method: z.looseObject({ type: z.string(), id: z.string().optional() }),
  info: z.looseObject({}).optional(),
  first_event: z.looseObject({
    amount: z.strictObject({ value: numeric, currency: z.string() }),
    type: z.string(),
    status: z.enum(['success', 'failure', 'pending', 'in_process', 'needs_merchant_action']),
    happened_at: z.string(),
  }),
});

/** Transactions: the only way by which an app makes an order paid (reference, order and transaction pages). */
export const transactionRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/orders/{id}/transactions',
    scope: 'read_orders',
    source: 'Reference, transaction page',
    handle(request, call) {
      const order = findOrder(request, call);
      return { status: 200, body: call.store.transactions.get(order.id) ?? [] };
    },
  },
  {
    method: 'POST',
    path: '/orders/{id}/transactions',
    scope: 'write_orders',
    source: 'Reference, transaction page (payment apps): a successful sale makes the order paid',
    handle(request, call) {
      const order = findOrder(request, call);
      const body = readBody(request, creation);
      const { first_event: first } = body;
      const cents = parseMoney(first.amount.value) ?? 0;
      const paid = first.type === 'sale' && first.status === 'success';
      const amount = (value: number) => ({ value: money(value), currency: first.amount.currency });
      const id = call.platform.random.uuid();
      const transaction = {
        id,
        payment_provider_id: body.payment_provider_id,
        captured_amount: amount(paid ? cents : 0),
        refunded_amount: amount(0),
        authorized_amount: null,
        voided_amount: null,
        payment_method: body.payment_method,
        status: paid ? 'paid' : first.status,
        info: body.info ?? {},
        failure_code: null,
        created_at: spaced(call.now),
        events: [
          {
            transaction_id: id,
            ...first,
            failure_code: null,
            created_at: new Date(call.now).toISOString(),
            expires_at: null,
          },
        ],
      };
      call.store.transactions.set(order.id, [...(call.store.transactions.get(order.id) ?? []), transaction]);
      if (paid) pay(call, order);
      return { status: 201, body: transaction };
    },
  },
];
