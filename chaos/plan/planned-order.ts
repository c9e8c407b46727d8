import type { CommandName } from '../../functions/domain/command.ts';

/** What happens to one order; times are ms after the world's start. */
export interface PlannedOrder {
  /** The store's name. */
  store: string;
  at: number;
  steps: { at: number; do: string }[];
  /** What the merchant's own system wants done to it; nothing when absent. */
  posts?: readonly PlannedPost[];
}

/** One request of the merchant's own system that something be done to an order. */
export interface PlannedPost {
  at: number;
  commands: readonly PlannedCommand[];
  /** When it is sent again: the same, or with other contents under the same ids. */
  again: readonly { at: number; other: boolean }[];
}

export interface PlannedCommand {
  id: string;
  name: CommandName;
  /** In [0, 1): which line or parcel it names, and what else an input chooses. */
  draw: number;
  /** A text that its input carries where it has room for one: by it its effect is told from others. */
  mark: string;
  /** Nobody begins a call so long after it was given (ms). The platform's own term when absent. */
  expiresAfterMs?: number;
}
