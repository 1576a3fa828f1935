/** Data whose fields are all text. */
type TextFields<Name extends string> = Readonly<Record<Name, string>>;

/**
 * The schema of such data, by the Standard Schema specification. Schema libraries take longer to load than all else that
 * a process of these tests does, and thousands of them are started.
 */
export function textFields<Name extends string>(...names: readonly Name[]) {
  type Fields = TextFields<Name>;
  const isFields = (value: unknown): value is Fields =>
    typeof value === 'object' && names.every((name) => typeof (value as Partial<Fields> | null)?.[name] === 'string');
  const jsonSchema = {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
    required: names,
    additionalProperties: false,
  };
  return {
    '~standard': {
      version: 1 as const,
      vendor: 'crash-tests',
      validate: (value: unknown) =>
        isFields(value) ? { value } : { issues: [{ message: `expected texts ${names.join(', ')}` }] },
      jsonSchema: { input: () => jsonSchema, output: () => jsonSchema },
      types: undefined as { readonly input: Fields; readonly output: Fields } | undefined,
    },
  };
}
