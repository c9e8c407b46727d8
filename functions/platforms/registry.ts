import type { PlatformName } from '../domain/order.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { imotriz } from './imotriz/platform.ts';
import { nuvemshop } from './nuvemshop/platform.ts';
import { pedidosya } from './pedidosya/platform.ts';
import type { Platform } from './platform.ts';

interface Registered {
  platform: Platform;
  /** The module that exports the platform under its own name: what the functions' bundles are made from. */
  module: URL;
}

const registered = new Map<PlatformName, Registered>();

/** Makes a platform known to the deployment, the operator's commands and the local cloud. */
export function register(platform: Platform, module: URL): void {
  registered.set(platform.name, { platform, module });
}

register(nuvemshop, new URL('./nuvemshop/platform.ts', import.meta.url));
register(pedidosya, new URL('./pedidosya/platform.ts', import.meta.url));
register(imotriz, new URL('./imotriz/platform.ts', import.meta.url));

/** Every platform, in the order of their registration. */
export const platforms = (): Platform[] => [...registered.values()].map(({ platform }) => platform);

/** The module to bundle a platform's functions from. @throws Error naming the platforms there are. */
export function moduleOf(name: PlatformName): URL {
  const found = registered.get(name);
  if (found !== undefined) return found.module;
  throw new OwnError(`there is no platform "${name}" (there are: ${[...registered.keys()].join(', ')})`);
}
