/** One subscription: one event, one address. */
export interface Webhook {
  id: number;
  event: string;
  url: string;
  createdAt: number;
  updatedAt: number;
}
