import type { Clock } from '../../runtime/clock.ts';
import type { Deliveries } from '../../runtime/deliveries.ts';
import type { Endpoint } from '../../storage/endpoints.ts';

/** An endpoint that was added or resumed is told by the sweep until a container has heard of it, in ms. */
const KNOWN_MS = 60_000;

/**
 * Tells every endpoint that is sent events that there are some. One for each container: it asks at most once a minute which
 * endpoints there are, so that a page costs no read, and nothing at all where nobody wants webhooks.
 */
export function createAnnouncer(options: {
  endpoints: () => Promise<Pick<Endpoint, 'id' | 'status' | 'notBefore'>[]>;
  deliveries: Deliveries;
  clock: Pick<Clock, 'now'>;
}): () => Promise<void> {
  const { endpoints, deliveries, clock } = options;
  let known: { ids: readonly string[]; at: number } | undefined;
  return async () => {
    const now = clock.now();
    if (known === undefined || now - known.at >= KNOWN_MS) {
      const found = (await endpoints()).filter(
        ({ status, notBefore }) => status === 'active' && (notBefore ?? 0) <= now,
      );
      known = { ids: found.map(({ id }) => id), at: now };
    }
    await Promise.all(known.ids.map((id) => deliveries.announce(id)));
  };
}
