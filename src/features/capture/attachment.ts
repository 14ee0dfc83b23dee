/** Headers of bytes that strangers have sent: never shown, never run, only saved. */

/** RFC 6266 with an ASCII fallback; the name can hold no quote, path or line break. */
export function attachmentHeaders(fileName: string): Record<string, string> {
  const ascii = fileName.replace(/[^\w.() -]/g, '_')
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  }
}
