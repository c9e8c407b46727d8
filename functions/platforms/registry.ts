import type { PlatformName } from '../domain/order.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { imotriz } from './imotriz/platform.ts';
import { nuvemshop } from './nuvemshop/platform.ts';
import { pedidosya } from './pedidosya/platform.ts';
import type { Platform } from './platform.ts';

interface Registered {
  platform: Platform;
  folder: URL;
}

const registered = new Map<PlatformName, Registered>();

/**
 * Makes a platform known to the deployment, the operator's commands and the local cloud.
 *
 * @param folder what the functions' bundles are made from: `platform.ts` exports the platform under its own name, `intake.ts`
 *   what the way in knows of it as `intake`, and `webhook-proof.ts` of a platform that sends webhooks its `proof`
 */
export function register(platform: Platform, folder: URL): void {
  registered.set(platform.name, { platform, folder });
}

register(nuvemshop, new URL('./nuvemshop/', import.meta.url));
register(pedidosya, new URL('./pedidosya/', import.meta.url));
register(imotriz, new URL('./imotriz/', import.meta.url));

/** Every platform, in the order of their registration. */
export const platforms = (): Platform[] => [...registered.values()].map(({ platform }) => platform);

/** A module to bundle a platform's functions from. @throws Error naming the platforms there are. */
export function moduleOf(
  name: PlatformName,
  file: 'platform.ts' | 'intake.ts' | 'webhook-proof.ts' = 'platform.ts',
): URL {
  const found = registered.get(name);
  if (found !== undefined) return new URL(file, found.folder);
  throw new OwnError(`there is no platform "${name}" (there are: ${[...registered.keys()].join(', ')})`);
}
