import type { PedidosyaSettings } from '../../settings.ts';

/**
 * The states that a webhook tells of, by who picks the goods (orders guide): an outlet that picks in PedidosYa's own app
 * hears of two only.
 */
const WEBHOOK_STATUSES: Record<PedidosyaSettings['stores'][number]['pickingMode'], ReadonlySet<string>> = {
  partner: new Set(['RECEIVED', 'READY_FOR_PICKUP', 'DISPATCHED', 'CANCELLED', 'DELIVERED']),
  pelican: new Set(['READY_FOR_PICKUP', 'CANCELLED']),
};

/** Whether a webhook comes when an order reaches `status`, in the platform's own word. */
export function sendsWebhook(mode: keyof typeof WEBHOOK_STATUSES, status: string): boolean {
  return WEBHOOK_STATUSES[mode].has(status.trim().toUpperCase());
}
