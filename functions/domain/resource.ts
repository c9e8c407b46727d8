/** The kinds of things that are mirrored from platforms, each in rows of its own. */
export const RESOURCES = ['order', 'product', 'customer'] as const;
export type Resource = (typeof RESOURCES)[number];

/** One thing of a store. */
export interface Subject {
  readonly resource: Resource;
  readonly id: string;
}

/** What something of ours is about that names a resource only where it is no order. */
export const subjectOf = ({
  resource = 'order',
  orderId: id,
}: {
  readonly resource?: Resource | undefined;
  readonly orderId: string;
}): Subject => ({ resource, id });

/** Tells the things of one store apart. */
export const nameOf = ({ resource, id }: Subject): string => `${resource}#${id}`;

/** The other way round: as messages name it. */
export const fieldsOf = ({ resource, id }: Subject): { resource?: Resource; orderId: string } =>
  resource === 'order' ? { orderId: id } : { resource, orderId: id };
