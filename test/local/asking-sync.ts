export async function handler(): Promise<void> {
  await fetch(process.env.UPSTREAM ?? '');
  process.stdout.write('finished\n');
}
