import { hrefTo } from './address.ts';

/** A filter with a few values, each with its own URL. */
export function Choices(choice: {
  readonly label: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
  readonly values: Readonly<Record<string, string>>;
}) {
  return (
    <nav class="choices" aria-label={choice.label}>
      {Object.entries(choice.values).map(([value, words]) => (
        <a
          key={value}
          href={hrefTo(choice.path, { [choice.name]: value })}
          aria-current={value === choice.value ? 'true' : undefined}
        >
          {words}
        </a>
      ))}
    </nav>
  );
}
