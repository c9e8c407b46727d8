/**
 * How long a run has an order for itself, in ms. Longer than the function may run: when it is over, whoever had the order
 * calls nobody any more.
 */
export const LEASE_MS = 150_000;
