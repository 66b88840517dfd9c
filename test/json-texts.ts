import fc from 'fast-check';

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 22 });

/** A number in any spelling of JSON. JavaScript's numbers keep only some of them. */
export const numberText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '12345678901234567890',
    '1e400',
    '-0',
    '-0.0',
    '1.0',
    '1E2',
    '0.0000001',
    '1e21',
    '5e-324',
    '0e0',
    '7',
  ),
  fc
    .tuple(
      fc.constantFrom('', '-'),
      digits.map((text) => text.replace(/^0+(?=\d)/, '')),
      fc.oneof(
        fc.constant(''),
        digits.map((text) => `.${text}`),
      ),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant('') },
        {
          weight: 1,
          arbitrary: fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-'), digits).map((parts) => parts.join('')),
        },
      ),
    )
    .map((parts) => parts.join('')),
);

const { document } = fc.letrec<{ document: string; object: string; array: string }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 4, arbitrary: numberText },
    { weight: 1, arbitrary: fc.oneof(fc.string({ unit: 'binary' }), numberText).map((text) => JSON.stringify(text)) },
    { weight: 1, arbitrary: fc.constantFrom('null', 'true', 'false') },
    { weight: 2, arbitrary: tie('object') },
    { weight: 2, arbitrary: tie('array') },
  ),
  object: fc.array(tie('document'), { maxLength: 4 }).map((members) => {
    return `{${members.map((member, index) => `"member ${index}":${member}`).join()}}`;
  }),
  array: fc.array(tie('document'), { maxLength: 4 }).map((members) => `[${members.join()}]`),
}));

/** JSON without white space between tokens, as JSON.stringify writes it, but with numbers in any spelling. */
export const jsonText: fc.Arbitrary<string> = document;
