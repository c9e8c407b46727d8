import { ALARM_TOPIC_OUTPUT } from '../../config/output-names.ts';
import type { OperatorContext } from '../context.ts';
import { alarmFinding, clockFinding, releaseFinding, sendAlarmTest } from '../doctor/account-findings.ts';
import { endpointFindings } from '../doctor/endpoint-findings.ts';
import { type Finding, type Level, worst } from '../doctor/finding.ts';
import { givenUpFindings } from '../doctor/given-up-findings.ts';
import { type Look, lookAt } from '../doctor/look.ts';
import { credentialFindings, storeFindings } from '../doctor/store-findings.ts';
import { claimsFinding, commandFindings, stockFinding } from '../doctor/way-back-findings.ts';
import {
  acknowledgementFindings,
  concurrencyFinding,
  feedFindings,
  queueFindings,
  reviewFinding,
} from '../doctor/work-findings.ts';
import { EXIT } from '../exit.ts';
import { columns, print, printDryRun, command as typed } from '../print.ts';

/**
 * Looks at everything between a platform and the merchant's system. Each finding is one line, with the command that mends it.
 *
 * @returns 1 when one is red
 */
export async function doctor(
  context: OperatorContext,
  { alarmTest, dryRun, json }: { alarmTest: boolean; dryRun: boolean; json: boolean },
): Promise<number> {
  if (alarmTest) return testAlarm(context, { dryRun, json });
  const findings: Finding[] = [];
  for (const { what, find } of looksOf(context)) {
    if (process.stderr.isTTY && !json) process.stderr.write(`\r\x1b[K${what} ...`);
    findings.push(...(await lookAt(what, find)));
  }
  if (process.stderr.isTTY && !json) process.stderr.write('\r\x1b[K');
  const level = worst(findings);
  print(json, { merchant: context.merchant.name, level, findings }, linesOf(context, findings));
  return level === 'red' ? EXIT.needsPerson : EXIT.done;
}

const looksOf = (context: OperatorContext): Look[] => [
  { what: 'clock', find: async () => [await clockFinding(context)] },
  { what: 'release', find: async () => [await releaseFinding(context)] },
  { what: 'concurrency', find: () => [concurrencyFinding(context)] },
  { what: 'alarm mails', find: async () => [await alarmFinding(context)] },
  ...context.channels.flatMap((channel) => [
    { what: `${channel.platform.name} secrets`, find: () => credentialFindings(context, channel) },
    ...channel.stores.map(({ id: storeId }) => ({
      what: `${channel.platform.name} ${storeId}`,
      find: () => storeFindings(context, { platform: channel.platform.name, storeId }),
    })),
    { what: `${channel.platform.name} queue`, find: () => queueFindings(context, channel) },
  ]),
  { what: 'needs review', find: () => reviewFinding(context) },
  { what: 'feed', find: () => feedFindings(context) },
  { what: 'given-up changes', find: () => givenUpFindings(context) },
  { what: 'endpoints', find: () => endpointFindings(context) },
  { what: 'acknowledgements', find: () => acknowledgementFindings(context) },
  { what: 'commands', find: () => commandFindings(context) },
  { what: 'stock', find: () => stockFinding(context) },
  { what: 'claims on stock', find: () => claimsFinding(context) },
];

const MARKS: Readonly<Record<Level, string>> = { green: 'ok', yellow: 'LOOK', red: 'RED', unknown: '?' };

function linesOf({ merchant }: OperatorContext, findings: readonly Finding[]): string[] {
  const rows = findings.map(({ level, what, why, command, next }) => {
    const mend = [next, command === undefined ? undefined : typed({ merchant }, command)];
    const said = level === 'green' ? [] : mend.filter((one) => one !== undefined);
    return [MARKS[level], what, said.length === 0 ? why : `${why}. Do: ${said.join(' Then: ')}`];
  });
  const count = (level: Level) => findings.filter((one) => one.level === level).length;
  return [
    ...columns(rows),
    `${merchant.name}: ${count('red')} red, ${count('yellow')} to look at, ${count('unknown')} not known here, ${count('green')} fine.`,
  ];
}

async function testAlarm(
  context: OperatorContext,
  { dryRun, json }: { dryRun: boolean; json: boolean },
): Promise<number> {
  const { merchant } = context;
  if (dryRun)
    return printDryRun(
      json,
      { topic: context.outputs(ALARM_TOPIC_OUTPUT), to: merchant.alarmEmail },
      `A test would be sent to the topic of the alarms, which mails ${merchant.alarmEmail}.`,
    );
  let messageId = '';
  await context.audited('doctor alarm-test', {}, async () => {
    messageId = await sendAlarmTest(context);
    return {};
  });
  print(json, { messageId, to: merchant.alarmEmail }, [
    `A test was sent to the topic of the alarms. ${merchant.alarmEmail} has it within a minute; if not, its subscription is not confirmed.`,
  ]);
  return EXIT.done;
}
