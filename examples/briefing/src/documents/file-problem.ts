/** What the file system says when the same call may well succeed a moment later. */
const passing = new Set(['EAGAIN', 'EBUSY', 'EINTR', 'EIO', 'EMFILE', 'ENFILE', 'ESTALE', 'ETIMEDOUT']);

const words: Readonly<Record<string, string>> = {
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  ENOENT: 'it is gone, or a link that leads nowhere',
  ELOOP: 'a link that leads back to itself',
  EISDIR: 'it is a folder now',
  ENOTDIR: 'a folder on its path is gone',
  ENAMETOOLONG: 'its name is too long for the file system',
};

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

/** Whether trying again makes sense. */
export const isPassing = (error: unknown): boolean => passing.has(codeOf(error));

/** Why a file can't be read, in words. */
export function fileProblem(error: unknown): string {
  const code = codeOf(error);
  return words[code] ?? `the system refuses to read it (${code || (error as Error).message})`;
}
