/** The first line of what an error says. */
export function describe(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split("\n")[0]!;
}
