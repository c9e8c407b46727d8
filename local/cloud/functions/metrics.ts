import * as z from 'zod';
import { parseLine } from '../json.ts';

/** Embedded metric format (CloudWatch user guide, "Specification: embedded metric format"). */
const emfSchema = z.looseObject({
  _aws: z.looseObject({
    CloudWatchMetrics: z.array(
      z.looseObject({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())).default([]),
        Metrics: z.array(z.looseObject({ Name: z.string(), Unit: z.string().optional() })),
      }),
    ),
  }),
});
const lineSchema = z.looseObject({ platform: z.string().optional() });
const valuesSchema = z.union([z.number().transform((value) => [value]), z.array(z.number())]);

export interface MetricSeries {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  unit?: string;
  /** Number of values, and their sum, smallest and largest. */
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** The metrics that functions wrote into their logs and that services report, added up since the start. */
export class MetricStore {
  readonly #series = new Map<string, MetricSeries>();
  readonly #logged = new Map<string, number>();

  /** Takes one log line; of one that is not in embedded metric format no series is made. */
  read(line: string): void {
    // A line with a level is one for people.
    if (!line.startsWith('{') || line.startsWith('{"level"')) return;
    const json = parseLine(line);
    this.#readNumbers(json);
    if (!line.includes('"CloudWatchMetrics"')) return;
    const parsed = emfSchema.safeParse(json);
    if (!parsed.success) return;
    for (const { Namespace, Dimensions, Metrics } of parsed.data._aws.CloudWatchMetrics) {
      const names = [...new Set(Dimensions.flat())].sort();
      const dimensions = Object.fromEntries(names.map((name) => [name, String(parsed.data[name])]));
      for (const { Name, Unit } of Metrics) {
        const values = valuesSchema.safeParse(parsed.data[Name]);
        for (const value of values.success ? values.data : [])
          this.add(Namespace, Name, dimensions, value, Unit);
      }
    }
  }

  /**
   * Sum of the numbers that lines have under this name, whether or not they are series as well: what a query of the log adds
   * up. `of` is the platform that a line names; all when absent.
   */
  logged(name: string, of?: string): number {
    return [...this.#logged]
      .filter(([key]) => key.startsWith(`${name} `) && (of === undefined || key === `${name} ${of}`))
      .reduce((all, [, sum]) => all + sum, 0);
  }

  #readNumbers(json: unknown): void {
    const { platform = '', ...fields } = lineSchema.safeParse(json).data ?? {};
    for (const [name, field] of Object.entries(fields)) {
      const values = valuesSchema.safeParse(field);
      if (!values.success) continue;
      const key = `${name} ${platform}`;
      this.#logged.set(
        key,
        values.data.reduce((all, value) => all + value, this.#logged.get(key) ?? 0),
      );
    }
  }

  /** Sum of a metric over all series that have at least these dimension values. */
  total(name: string, dimensions?: Readonly<Record<string, string>>): number {
    return this.#named(name, dimensions).reduce((all, { sum }) => all + sum, 0);
  }

  /** Number of a metric's values over the same series. */
  count(name: string, dimensions?: Readonly<Record<string, string>>): number {
    return this.#named(name, dimensions).reduce((all, { count }) => all + count, 0);
  }

  #named(name: string, dimensions: Readonly<Record<string, string>> = {}): MetricSeries[] {
    return this.list()
      .filter((series) => series.name === name)
      .filter((series) =>
        Object.entries(dimensions).every(([key, value]) => series.dimensions[key] === value),
      );
  }

  list(): MetricSeries[] {
    return [...this.#series.values()];
  }

  /** Takes one value, as the services of AWS themselves report them. */
  add(
    namespace: string,
    name: string,
    dimensions: Record<string, string>,
    value: number,
    unit?: string,
  ): void {
    const key = JSON.stringify([namespace, name, dimensions]);
    const known = this.#series.get(key);
    this.#series.set(key, {
      namespace,
      name,
      dimensions,
      ...(unit === undefined ? {} : { unit }),
      count: (known?.count ?? 0) + 1,
      sum: (known?.sum ?? 0) + value,
      min: Math.min(known?.min ?? value, value),
      max: Math.max(known?.max ?? value, value),
    });
  }
}
