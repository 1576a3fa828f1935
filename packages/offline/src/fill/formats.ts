interface Format {
  /** Finds values of the format in a text. */
  readonly find: RegExp;
  readonly test: (value: string) => boolean;
  /** What is given when the text holds none: valid, and plainly no fact. */
  readonly empty: string;
  /** Brings a found value into the format. */
  readonly make?: (found: string) => string;
}

const date = /\b\d{4}-\d{2}-\d{2}\b/g;
const isDate = (value: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(value) &&
  !Number.isNaN(Date.parse(value)) &&
  new Date(value).toISOString().startsWith(value);
const whole = (pattern: RegExp) => (value: string) => pattern.test(value);

const formats: Readonly<Record<string, Format>> = {
  date: { find: date, test: isDate, empty: '1970-01-01' },
  'date-time': {
    find: /\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?/g,
    test: (value) =>
      /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.test(value) &&
      isDate(value.slice(0, 10)) &&
      !Number.isNaN(Date.parse(value)),
    empty: '1970-01-01T00:00:00Z',
    make: (found) => {
      const [day, time = '00:00:00Z'] = found.replace(' ', 'T').split('T');
      const clock = /^\d{2}:\d{2}(?!:)/.test(time) ? time.replace(/^(\d{2}:\d{2})/, '$1:00') : time;
      return `${day}T${/(?:Z|[+-]\d{2}:\d{2})$/.test(clock) ? clock : `${clock}Z`}`;
    },
  },
  time: {
    find: /\b\d{2}:\d{2}(?::\d{2})?\b/g,
    test: whole(/^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/),
    empty: '00:00:00Z',
    make: (found) => `${found.length === 5 ? `${found}:00` : found}Z`,
  },
  email: {
    find: /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g,
    test: whole(/^[\w.+-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i),
    empty: 'unknown@example.invalid',
  },
  uri: {
    find: /https?:\/\/[^\s<>()"'`\]]+[\w/]/g,
    test: (value) => /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i.test(value),
    empty: 'about:blank',
  },
  uuid: {
    find: /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi,
    test: whole(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
    empty: '00000000-0000-0000-0000-000000000000',
  },
  ipv4: {
    find: /\b\d{1,3}(?:\.\d{1,3}){3}\b/g,
    test: (value) =>
      /^\d{1,3}(?:\.\d{1,3}){3}$/.test(value) &&
      value.split('.').every((part) => Number(part) < 256 && String(Number(part)) === part),
    empty: '0.0.0.0',
  },
  hostname: {
    find: /\b[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)*\.[a-z]{2,}\b/gi,
    test: whole(/^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i),
    empty: 'unknown.invalid',
  },
};

const aliases: Readonly<Record<string, string>> = { url: 'uri', 'uri-reference': 'uri' };
const known = (format: string): Format | undefined => formats[aliases[format] ?? format];

/** Whether a text is of a format; formats that are not known fit. */
export function formatFits(format: string, value: string): boolean {
  return known(format)?.test(value) ?? true;
}

/** The values of a format in a text, in order. */
export function findFormat(format: string, text: string): readonly string[] {
  const entry = known(format);
  if (entry === undefined) return [];
  return (text.match(entry.find) ?? []).map((found) => entry.make?.(found) ?? found).filter(entry.test);
}

/** A valid value that states nothing, such as `unknown@example.invalid`; nothing for an unknown format. */
export function emptyOf(format: string): string | undefined {
  return known(format)?.empty;
}
