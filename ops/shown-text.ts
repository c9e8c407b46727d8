import type { Display } from '../functions/domain/stock/display.ts';

/** What a channel shows, in words. */
export function shownText(display: Display | undefined, unsure: true | undefined): string {
  if (display === undefined) return 'not known';
  const text =
    'units' in display
      ? (display.units ?? 'unlimited')
      : `${display.on ? 'on' : 'off'}${display.most === undefined ? '' : `, ${display.most} an order`}`;
  return unsure === undefined ? String(text) : `${text}, not sure`;
}
