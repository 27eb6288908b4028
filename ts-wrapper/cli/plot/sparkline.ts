const LEVELS = "▁▂▃▄▅▆▇█";

/**
 * A curve in one line of text, on a logarithmic scale from its least positive value to its largest; what is zero is a blank. More values
 * than `width` are told by the largest of each stretch.
 */
export function sparkline(values: ArrayLike<number>, width: number): string {
  const columns = Math.min(width, values.length);
  const peaks = Array.from({ length: columns }, (_, c) => {
    const [from, to] = [c, c + 1].map((x) => Math.floor((x * values.length) / columns));
    let peak = 0;
    for (let i = from!; i < to!; i++) peak = Math.max(peak, values[i]!);
    return peak;
  });
  const logs = peaks.map(Math.log10);
  const shown = logs.filter(Number.isFinite);
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  return logs
    .map((y) => {
      if (!Number.isFinite(y)) return " ";
      return LEVELS[high > low ? Math.round(((y - low) / (high - low)) * (LEVELS.length - 1)) : LEVELS.length - 1];
    })
    .join("");
}
