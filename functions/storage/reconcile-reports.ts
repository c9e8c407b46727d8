import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { StoreTable } from './dynamodb.ts';
import { reconcileReportKey, TABLE_KEYS } from './keys.ts';

/** Of a run's report, what its item is found and removed by. Times are ISO 8601, UTC. */
interface ReportItem {
  runId: string;
  startedAt: string;
  endedAt: string;
}

/** Keeps the reports of reconciliation runs for 30 days, newest last. */
export interface Reports {
  keep(report: ReportItem): Promise<void>;
}

const KEEP_SECONDS = 30 * 24 * 3600;

export function createReports(options: StoreTable): Reports {
  const { client, table: TableName } = options;
  return {
    async keep(report) {
      const Item = {
        ...reconcileReportKey(options, report.startedAt, report.runId),
        ...report,
        [TABLE_KEYS.expiry]: Math.floor(Date.parse(report.endedAt) / 1000) + KEEP_SECONDS,
      };
      await client.send(new PutCommand({ TableName, Item }));
    },
  };
}
