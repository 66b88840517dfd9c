import { simulate } from './simulation.ts';

const clean = (l: string) => l.replace(/"at":"[^"]*"/g, '').replace(/"duration[^,]*/g, '');
for (const seed of process.argv.slice(2).map(Number)) {
  const a = (await simulate(seed)).trace.map(clean);
  const b = (await simulate(seed)).trace.map(clean);
  const i = a.findIndex((l, n) => l !== b[n]);
  console.log(seed, a.length, b.length, i);
  if (i >= 0) {
    console.log(
      a
        .slice(i - 6, i + 4)
        .map((l) => l.slice(0, 220))
        .join('\n'),
    );
    console.log('---');
    console.log(
      b
        .slice(i - 1, i + 4)
        .map((l) => l.slice(0, 220))
        .join('\n'),
    );
  }
}
