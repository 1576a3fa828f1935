/** A whole answer, as the server gave it: the SDK's own reading expects more of it than some servers give. */
export async function readJson(
  response: Response,
): Promise<{ readonly data: unknown; readonly requestId: string | undefined }> {
  return { data: JSON.parse(await response.text()), requestId: response.headers.get('x-request-id') ?? undefined };
}
