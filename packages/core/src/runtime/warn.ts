/** As much of a platform as a warning needs. */
interface Platform {
  readonly process?: { emitWarning?(message: string, name: string): void };
}

/** Tells of something that nobody listens for, as a warning of the process. Not every platform has a process: there, nothing. */
export const warn = (message: string): void =>
  (globalThis as Platform).process?.emitWarning?.(message, 'EspalierWarning');
