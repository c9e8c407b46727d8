import type { PlatformName } from '../../functions/domain/order.ts';

/**
 * One thing that a guide asks an integration to do, or an endpoint known from elsewhere that Acopio leaves alone. Told in
 * our own words.
 */
export interface Asked {
  platform: PlatformName;
  what: string;
  /** Method and path as the guide has them; in words where it publishes no path. */
  endpoint: string;
  /** What answers it: methods of our client, a route of ours that the platform calls, or the reason why nothing does. */
  by: ByClient | ByRoute | ByPassing | { leftOut: string };
  /** What the guide has wrong, or leaves out. */
  wrong?: string;
}

export interface ByClient {
  /** Methods of the platform's client, without the platform's name. */
  methods: readonly string[];
}

/** A call of the platform's table that whoever asks has passed on. */
export interface ByPassing {
  passedOn: string;
}

export interface ByRoute {
  route: string;
  /** `<platform>-<job>`. */
  function: string;
}
