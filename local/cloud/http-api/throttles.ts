/** How many requests a route takes: for good in a second, and at once. */
export interface Throttle {
  rateLimit: number;
  burstLimit: number;
}

/** A bucket of tokens for each route. (API Gateway guide, "Throttle requests to your HTTP APIs".) */
export class Throttles {
  readonly #limitOf: (routeKey: string) => Throttle | undefined;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(limitOf: (routeKey: string) => Throttle | undefined, now: () => number) {
    this.#limitOf = limitOf;
    this.#now = now;
  }

  /** Takes a token of the route, if it has a limit; false: there is none left. */
  take(routeKey: string): boolean {
    const limit = this.#limitOf(routeKey);
    if (!limit) return true;
    const now = this.#now();
    const { tokens, at } = this.#buckets.get(routeKey) ?? { tokens: limit.burstLimit, at: now };
    const filled = Math.min(limit.burstLimit, tokens + ((now - at) / 1000) * limit.rateLimit);
    const taken = filled >= 1;
    this.#buckets.set(routeKey, { tokens: taken ? filled - 1 : filled, at: now });
    return taken;
  }
}
