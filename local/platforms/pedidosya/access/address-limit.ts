/** Counts calls by source address, over the last 60 seconds. */
export interface AddressLimit {
  /** True when the call may pass; a call that may not is not counted. */
  admit(address: string, now: number): boolean;
}

/** How much an address may do. */
export interface AddressLimitOptions {
  perMinute: number;
  /** Once over the limit, an address is refused for this long, milliseconds; 0 = until the window has room. */
  blockMs: number;
}

/**
 * Makes a limiter of calls per minute and source address, as the platform's network edge keeps one.
 *
 * Source: PedidosYa FAQ for the number; that a block lasts is how such edges work.
 */
export function createAddressLimit({ perMinute, blockMs }: AddressLimitOptions): AddressLimit {
  const seen = new Map<string, number[]>();
  const blockedUntil = new Map<string, number>();
  return {
    admit(address, now) {
      if (now < (blockedUntil.get(address) ?? 0)) return false;
      const recent = (seen.get(address) ?? []).filter((at) => at > now - 60_000);
      seen.set(address, recent);
      if (recent.length >= perMinute) {
        if (blockMs > 0) blockedUntil.set(address, now + blockMs);
        return false;
      }
      recent.push(now);
      return true;
    },
  };
}
