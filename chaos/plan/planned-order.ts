/** What happens to one order; times are ms after the world's start. */
export interface PlannedOrder {
  /** The store's name. */
  store: string;
  at: number;
  steps: { at: number; do: string }[];
}
