/** An answer as it goes over the wire: what is sent, kept for a repetition, and sent again byte for byte. */
export interface RenderedAnswer {
  status: number
  headers: Record<string, string>
  content_type: string | null
  body: Buffer | null
}
