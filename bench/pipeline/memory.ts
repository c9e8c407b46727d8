const SAMPLE_EVERY_MS = 50;
const MEGABYTE = 1024 * 1024;

/** Watches how much memory this process holds; workers of the local cloud are threads of it. */
export function watchMemory(): { peakMegabytes(): number; stop(): void } {
  let peak = 0;
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, SAMPLE_EVERY_MS);
  timer.unref();
  return {
    peakMegabytes: () => {
      look();
      return peak / MEGABYTE;
    },
    stop: () => clearInterval(timer),
  };
}
