/** A time as people read it: `2026-11-26 09:30 UTC`. @param ms epoch milliseconds */
export function when(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
