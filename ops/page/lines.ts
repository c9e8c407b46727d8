/** What happens, or happened, to one thing. Words of closed lists and ids; `problem` is for people. */
export interface Line {
  what: string;
  /** A word of a closed list: the kind of what is counted. */
  of?: string;
  result: string;
  changes?: readonly string[];
  problem?: string;
}

/** What a change did. `good`: nothing of it is left to a person. */
export interface Outcome {
  lines: Line[];
  good: boolean;
}
