/** One request as the server saw it. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** In lower case; the values of keys, tokens and cookies are replaced by `[secret]`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON; a text where it is none. */
  readonly body: unknown;
  /** Resolves once the client hangs up before it has the whole answer. Never, where it does not. */
  readonly aborted: Promise<void>;
  /** What stands in the header of the answer. */
  readonly requestId: string;
  /** Parts of the server's own reasoning that come back in this request, unchanged. */
  readonly reasoningParts: number;
}

const secrets = /authorization|cookie|api-?key|token|secret/;

export function withoutSecrets(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, secrets.test(name) ? '[secret]' : String(value)]),
  );
}
