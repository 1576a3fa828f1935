/** Shapes of keys and headers, as SDKs and HTTP clients put them into messages. Each matches in linear time. */
const secrets: readonly (readonly [RegExp, string])[] = [
  // `Authorization: Bearer …`, `"x-api-key": "…"`, `api_key=…`, `?token=…`
  [
    /((?:authorization|(?:x-)?api[-_]?key|(?:access|auth|refresh)[-_]token|client[-_]secret|password|cookie)["']?\s{0,2}[:=]\s{0,2}["']?)(?:(?:bearer|basic)\s{1,2})?[^\s"',;&]{4,}/gi,
    '$1***',
  ],
  [/\b(bearer|basic)\s{1,2}[A-Za-z0-9._~+/=*-]{8,}/gi, '$1 ***'],
  [/([?&](?:key|token|sig|signature)=)[^\s&"']{4,}/gi, '$1***'],
  // The userinfo of a URL.
  [/(\b[a-z][a-z0-9+.-]{1,15}:\/\/)[^\s/@:]{1,256}:[^\s/@]{1,256}@/gi, '$1***@'],
  // Keys that say what they are: OpenAI, Anthropic, GitHub, Slack, AWS, Google.
  [/\bsk-[A-Za-z0-9_*-]{8,}/g, 'sk-***'],
  [/\b(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{16,}/g, '***'],
  [/\bxox[abprs]-[A-Za-z0-9-]{8,}/g, '***'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '***'],
  [/\bAIza[A-Za-z0-9_-]{30,}/g, '***'],
  // Others: Google's OAuth, Groq, Hugging Face, npm, xAI, Perplexity, Replicate, GitLab, Stripe.
  [/\bya29\.[A-Za-z0-9_-]{16,}/g, '***'],
  [/\b(?:gsk_|hf_|npm_|xai-|pplx-|r8_|glpat-|[sr]k_(?:live|test)_)[A-Za-z0-9_-]{16,}/g, '***'],
  // JSON Web Tokens, and private keys with all that follows on their lines.
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, '***'],
  [
    /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?:[A-Za-z0-9+/=\s]|\\n){0,8192}(?:-----END [A-Z ]{0,20}PRIVATE KEY-----)?/g,
    '***',
  ],
];

/**
 * A text without what looks like a key, a token or a password: errors of SDKs and HTTP clients may quote the headers
 * that they could not send, and their messages end up in journals, events and prompts.
 */
export function redactSecrets(text: string): string {
  let redacted = text;
  for (const [pattern, replacement] of secrets) redacted = redacted.replace(pattern, replacement);
  return redacted;
}
