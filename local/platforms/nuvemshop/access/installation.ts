import type { Platform, Store, Suspension } from '../platform.ts';
import { emit, post } from '../webhooks/events.ts';

/** Gives the app a new token for a shop; the old one dies. Returns the token. */
export function install(platform: Platform, store: Store, scopes: readonly string[]): string {
  const token = platform.random.hex(40);
  store.accessToken = token;
  store.scopes = new Set(scopes);
  return token;
}

/** Tells the subscribers, then removes subscriptions and token. */
export function uninstall(platform: Platform, store: Store): void {
  emit(platform, store, 'app/uninstalled', { id: Number(platform.app.id) });
  store.webhooks.clear();
  store.accessToken = undefined;
}

/** Refuses the whole API with 402 from now on; `app/suspended` goes out only when the app is meant. */
export function suspend(platform: Platform, store: Store, reason: Suspension): void {
  store.suspension = reason;
  if (reason === 'app-suspended') emit(platform, store, 'app/suspended', { id: Number(platform.app.id) });
}

/** Opens the API again; what happened meanwhile is never sent. */
export function resume(platform: Platform, store: Store): void {
  const announced = store.suspension === 'app-suspended';
  store.suspension = undefined;
  if (announced) emit(platform, store, 'app/resumed', { id: Number(platform.app.id) });
}

/** Sends a privacy webhook to the address in the partner panel. The body has no `event` key. */
export function sendPrivacy(
  platform: Platform,
  topic: 'store/redact' | 'customers/redact' | 'customers/data_request',
  body: object,
): void {
  const url = platform.app.privacyUrls[topic];
  if (url === undefined) throw new Error(`The app has no ${topic} address. Set app.privacyUrls['${topic}'].`);
  post(platform, url, JSON.stringify(body), topic);
}
