import { randomUUID } from 'node:crypto';
import { ServiceError } from '../errors.ts';
import type { Service } from '../gateway/service.ts';
import type { Permission } from '../iam/authorizer.ts';
import { asText, type JsonObject } from '../json.ts';

export interface Notification {
  id: string;
  topicArn: string;
  subject?: string;
  message: string;
}

/** SNS: takes notifications and keeps them; nobody is written to. */
export class TopicService implements Service {
  readonly #topics: ReadonlyMap<string, string | undefined>;
  readonly #published: Notification[] = [];

  /** `topics`: ARN of each topic with the ARN of its own key, if it has one. */
  constructor(topics: ReadonlyMap<string, string | undefined>) {
    this.#topics = topics;
  }

  published(): readonly Notification[] {
    return this.#published;
  }

  permissions(operation: string, input: JsonObject): Permission[] {
    const topic = asText(input.TopicArn) ?? '*';
    const key = this.#topics.get(topic);
    // Who publishes to an encrypted topic has to be allowed its key. (SNS guide, "Key management".)
    const keyActions = key?.includes(':key/') ? ['kms:GenerateDataKey', 'kms:Decrypt'] : [];
    return [
      { action: `sns:${operation}`, resource: topic },
      ...keyActions.map((action) => ({ action, resource: key ?? '*' })),
    ];
  }

  async handle(operation: string, input: JsonObject): Promise<JsonObject> {
    if (operation !== 'Publish') {
      throw new ServiceError('NotImplemented', `The local cloud has no sns:${operation}.`, 501);
    }
    const topicArn = asText(input.TopicArn) ?? '';
    if (!this.#topics.has(topicArn)) throw new ServiceError('NotFound', 'Topic does not exist', 404);
    const subject = asText(input.Subject);
    const notification = { id: randomUUID(), topicArn, message: asText(input.Message) ?? '' };
    this.#published.push(subject === undefined ? notification : { ...notification, subject });
    return { MessageId: notification.id };
  }
}
