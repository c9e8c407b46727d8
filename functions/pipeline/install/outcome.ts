/** How a visit to the installation ended; each has its page. */
export const OUTCOMES = {
  installed: { status: 200, metric: 'InstallCompleted' },
  /** The state is missing, unknown, spent or too old, or belongs to another browser. */
  'link-used': { status: 400, metric: 'InstallRefused' },
  /** The merchant did not agree, or came here without the platform. */
  'no-code': { status: 400, metric: 'InstallRefused' },
  /** The platform does not take the code: it is too old, or was exchanged before. */
  'code-refused': { status: 400, metric: 'InstallRefused' },
  /** Another installation has not ended yet. */
  busy: { status: 409, metric: 'InstallRefused' },
  /** The merchant allowed the app into a store that is not this deployment's. */
  'other-store': { status: 403, metric: 'InstallForeignStore' },
  /** Our own credentials are missing or wrong. */
  'app-refused': { status: 500, metric: 'InstallFailed' },
  /** The platform did not exchange the code, for reasons of its own. */
  'platform-down': { status: 502, metric: 'InstallFailed' },
  /** Something of ours failed: the store is not connected. */
  'not-kept': { status: 500, metric: 'InstallFailed' },
  /** The store is connected, but not every webhook is subscribed. */
  'not-subscribed': { status: 502, metric: 'InstallFailed' },
} as const;

export type OutcomeKind = keyof typeof OUTCOMES;
export interface Outcome {
  kind: OutcomeKind;
  /** The store that the app was allowed into, where it is not ours. */
  foreignStoreId?: string;
}
