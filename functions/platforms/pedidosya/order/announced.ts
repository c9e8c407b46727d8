import type { PedidosyaSettings } from '../../settings.ts';

/**
 * The states that a webhook tells of, by who picks the goods (orders guide): an outlet that picks in PedidosYa's own app
 * hears of two only.
 */
const ANNOUNCED: Record<PedidosyaSettings['stores'][number]['pickingMode'], ReadonlySet<string>> = {
  partner: new Set(['RECEIVED', 'READY_FOR_PICKUP', 'DISPATCHED', 'CANCELLED', 'DELIVERED']),
  pelican: new Set(['READY_FOR_PICKUP', 'CANCELLED']),
};

/** Whether a webhook comes when an order reaches `status`, in the platform's own word. */
export function announces(mode: keyof typeof ANNOUNCED, status: string): boolean {
  return ANNOUNCED[mode].has(status.trim().toUpperCase());
}
