import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

/**
 * Where alarms go: one topic with the merchant's e-mail address. Its messages are not encrypted at rest, on purpose.
 * CloudWatch may not use the key that AWS manages for SNS, and with a key of our own one wrong condition in its policy
 * loses every alarm without a word. An alarm's text holds names of resources and no person's data, and it leaves as a mail.
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, email: string) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    });
    this.topic.grantPublish(cloudWatch);
    this.topic.addSubscription(new EmailSubscription(email));
  }
}
