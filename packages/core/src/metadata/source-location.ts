/** Where a decorator stands. Reading `file` costs something; recording it hardly does. */
export interface SourceLocation {
  /** `file:line:column`, or nothing where the engine tells no stack. */
  readonly file: string | undefined;
}

/** Which line of a stack is the caller's, after the message, this function and the decorator; none is needed after it. */
const OWN_LINES = 3;

/** The place that called the decorator which calls this. */
export function sourceLocation(): SourceLocation {
  const limit = Error.stackTraceLimit;
  // `Reflect.set`, for assigning throws where intrinsics are frozen; then the trace is only longer.
  Reflect.set(Error, 'stackTraceLimit', OWN_LINES);
  const trace = new Error();
  Reflect.set(Error, 'stackTraceLimit', limit);
  return new CallSite(trace);
}

/** A class, for the accessors of object literals give each object a shape of its own, which is slow to make and to read. */
class CallSite implements SourceLocation {
  readonly #trace: Error;

  constructor(trace: Error) {
    this.#trace = trace;
  }

  get file(): string | undefined {
    const line = this.#trace.stack?.split('\n')[OWN_LINES]?.trim();
    const place = line === undefined ? undefined : /\(?((?:file:\/\/|\/|[A-Za-z]:)[^()]*:\d+:\d+)\)?$/.exec(line)?.[1];
    return place === undefined ? undefined : filePath(place);
  }
}

/** The path in a file URL; a path as it is, in which `%` is an ordinary character. */
function filePath(place: string): string {
  if (!place.startsWith('file://')) return place;
  const path = place.slice('file://'.length);
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
