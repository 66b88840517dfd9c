/** `receive-webhook` and `receiveWebhook` become `ReceiveWebhook`. */
export function constructId(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** A record with the same names, and a value made for each. */
export function forEachName<Name extends string, Described, Made>(
  described: Readonly<Record<Name, Described>>,
  make: (name: Name, described: Described) => Made,
): Record<Name, Made> {
  const entries = Object.entries(described) as [Name, Described][];
  return Object.fromEntries(entries.map(([name, value]) => [name, make(name, value)])) as Record<Name, Made>;
}
