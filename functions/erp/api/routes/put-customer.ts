import * as z from 'zod';
import { COMMAND_STATES, commandIdSchema } from '../../../domain/command.ts';
import { erpCustomerInput } from '../../../domain/erp-customer.ts';
import { subjectName } from '../../../domain/item-name.ts';
import { lazily } from '../../../domain/lazily.ts';
import { platformNameSchema } from '../../../domain/order.ts';
import { CUSTOMERS_PERSONAL } from '../customer-view.ts';
import { BODY_PROBLEMS, Problem } from '../problem.ts';
import { route } from '../route.ts';
import { storeField, storeOf } from '../store-of.ts';

const result = lazily(() =>
  z.object({
    /** `platform:store:erp-customer:id`; the `key` of events about it. */
    customer: z.string(),
    /** The id of the command, for `GET /v1/commands/{id}` and in events. */
    command: z.string(),
    /** `known`: the same is under way already. */
    result: z.enum(['accepted', 'known']),
    state: z.enum(COMMAND_STATES),
  }),
);

export const putCustomer = route({
  operation: 'putCustomer',
  method: 'PUT',
  path: '/v1/customers/{externalId}',
  scopes: ['customers', CUSTOMERS_PERSONAL],
  summary: 'Say what a customer is to be',
  description:
    'Found by your id, e-mail or document, or made. What you leave out stays. Nobody is invited unless `invite` says so. Waits behind an invitation that is in doubt until the operator has looked. Kept for a week at most.',
  parameters: () =>
    z.strictObject({
      externalId: commandIdSchema().meta({
        description: 'Your own id. It stands in events: it must name nobody.',
      }),
    }),
  query: () =>
    z.strictObject({
      platform: platformNameSchema(),
      store: storeField(),
    }),
  body: { schema: erpCustomerInput, maxBytes: 32 * 1024 },
  answer: { status: 202, description: 'Kept.', schema: result },
  problems: ['request-invalid', ...BODY_PROBLEMS, 'store-unknown', 'command-refused'],
  personal: false,
  async handle({ path: { externalId }, query: { platform, store }, body, client, requestId }, context) {
    const acceptance = await context.writeCustomer({
      client: client.name,
      key: { ...storeOf(context.stores, platform, store), externalId },
      input: body,
      correlationId: requestId,
    });
    if (acceptance.outcome === 'refused') throw new Problem('command-refused', { detail: acceptance.reason });
    const { key, command, outcome } = acceptance;
    return {
      status: 202,
      body: { customer: subjectName(key), command: command.id, result: outcome, state: command.state },
    };
  },
});
