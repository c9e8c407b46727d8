import { divideConcurrency } from '../../config/concurrency.ts';
import type { Channel, Merchant } from '../../config/merchant.ts';

/** What to do when the account has no room for all of them; `undefined` when it has. */
export function concurrencyAdvice(
  channels: readonly Channel[],
  merchant: Pick<Merchant, 'concurrentExecutions' | 'stock'>,
): string | undefined {
  const { together, said, receivers } = divideConcurrency(channels, merchant);
  if (together <= merchant.concurrentExecutions) return undefined;
  // A platform that is polled sends no webhook; the merchant's own system asks in any case.
  const asking = receivers > 0 ? 'A webhook' : 'A request of the API';
  return (
    `In its worst moment this merchant runs ${together} functions at once (${said}), and concurrentExecutions says that the ` +
    `account runs ${merchant.concurrentExecutions}. ${asking} that finds no room is answered 5xx. Ask AWS for more; it is free and takes ` +
    'about a day: Service Quotas, AWS Lambda, "Concurrent executions" (L-B99A9384). Then write the new number into ' +
    'concurrentExecutions and deploy.'
  );
}
