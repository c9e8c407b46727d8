import type { FeedEvent } from '../domain/event.ts';
import { OwnError } from '../runtime/describe-error.ts';

/**
 * A place in the feed: everything up to and with `seq` was read. An epoch ends when a table was restored to an earlier
 * time; numbers of another epoch mean nothing.
 */
export interface FeedPosition {
  readonly epoch: number;
  /** 0 before the first event. */
  readonly seq: number;
}

/** The feed cannot go on from a place: `expired`, older than what is kept; `reset`, of another epoch; `ahead`, not there yet. */
export class PositionLost extends OwnError {
  override readonly name = 'PositionLost';
  readonly why: 'expired' | 'reset' | 'ahead';
  /** The oldest place from which it does. */
  readonly oldest: FeedPosition;

  constructor(why: PositionLost['why'], oldest: FeedPosition) {
    super(`the feed cannot be read from there: ${why}`);
    this.why = why;
    this.oldest = oldest;
  }
}

/** Reads the feed, in order and without a gap. */
export interface FeedReader {
  /** The last event there is. */
  head(): Promise<FeedPosition>;
  /** The oldest place that can be read from. */
  oldest(): Promise<FeedPosition>;
  /**
   * The events after a place, at most `limit`; none at the head. Fewer do not mean that there are no more.
   *
   * @throws PositionLost
   */
  read(after: FeedPosition, limit: number): Promise<FeedEvent[]>;
}
