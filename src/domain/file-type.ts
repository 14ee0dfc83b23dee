// What a file is cannot be believed from its name. For the types that forms usually ask for, the first bytes must agree
// with the claimed type; types without a signature (text, CSV) must at least hold no binary.

/** Signatures: claimed media types -> bytes that the file must start with, at an offset. */
const SIGNATURES: { types: string[]; offset: number; bytes: number[][] }[] = [
  { types: ['application/pdf'], offset: 0, bytes: [[0x25, 0x50, 0x44, 0x46, 0x2d]] },
  { types: ['image/png'], offset: 0, bytes: [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]] },
  { types: ['image/jpeg', 'image/jpg', 'image/pjpeg'], offset: 0, bytes: [[0xff, 0xd8, 0xff]] },
  {
    types: ['image/gif'],
    offset: 0,
    bytes: [
      [0x47, 0x49, 0x46, 0x38, 0x37, 0x61],
      [0x47, 0x49, 0x46, 0x38, 0x39, 0x61],
    ],
  },
  { types: ['image/webp'], offset: 8, bytes: [[0x57, 0x45, 0x42, 0x50]] },
  { types: ['image/heic', 'image/heif', 'image/avif', 'video/mp4'], offset: 4, bytes: [[0x66, 0x74, 0x79, 0x70]] },
  {
    types: [
      'application/zip',
      'application/x-zip-compressed',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation',
      'application/vnd.oasis.opendocument.text',
      'application/vnd.oasis.opendocument.spreadsheet',
      'application/vnd.oasis.opendocument.presentation',
    ],
    offset: 0,
    bytes: [
      [0x50, 0x4b, 0x03, 0x04],
      [0x50, 0x4b, 0x05, 0x06],
    ],
  },
  {
    types: ['application/msword', 'application/vnd.ms-powerpoint'],
    offset: 0,
    bytes: [[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]],
  },
]

/** Extension -> media type, for browsers that know no better than `application/octet-stream`. */
const TYPE_OF_EXTENSION: Record<string, string> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  heic: 'image/heic',
  zip: 'application/zip',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  odt: 'application/vnd.oasis.opendocument.text',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  doc: 'application/msword',
  ppt: 'application/vnd.ms-powerpoint',
  txt: 'text/plain',
  csv: 'text/csv',
}

export interface ClaimedFile {
  file_name: string
  content_type: string
}

/** Extension of a name in lower case, without the dot; empty when there is none. */
export function extensionOf(fileName: string): string {
  return /\.([A-Za-z0-9]{1,10})$/.exec(fileName)?.[1]?.toLowerCase() ?? ''
}

/** The media type that a file claims, without parameters; by its extension where the browser knew none. */
export function claimedTypeOf(file: ClaimedFile): string {
  const type = (file.content_type.split(';')[0] ?? '').trim().toLowerCase()
  if (type !== '' && type !== 'application/octet-stream') return type
  return TYPE_OF_EXTENSION[extensionOf(file.file_name)] ?? 'application/octet-stream'
}

/** True when a list of media types (`image/*` too) or extensions (`.pdf`) takes the file; an empty list takes any. */
export function isAccepted(accept: readonly string[], file: ClaimedFile): boolean {
  const type = claimedTypeOf(file)
  const extension = `.${extensionOf(file.file_name)}`
  return (
    accept.length === 0 ||
    accept.some((entry) => {
      const wanted = entry.toLowerCase()
      if (wanted.startsWith('.')) return wanted === extension
      return wanted.endsWith('/*') ? type.startsWith(wanted.slice(0, -1)) : wanted === type
    })
  )
}

/** True unless the bytes contradict the claimed type, or the type that the extension promises. */
export function isPlausible(file: ClaimedFile, content: Uint8Array): boolean {
  const promised = TYPE_OF_EXTENSION[extensionOf(file.file_name)]
  return hasSignature(claimedTypeOf(file), content) && (promised === undefined || hasSignature(promised, content))
}

function hasSignature(type: string, content: Uint8Array): boolean {
  if (type.startsWith('text/')) return !content.subarray(0, 4096).includes(0)
  const signature = SIGNATURES.find(({ types }) => types.includes(type))
  if (signature === undefined) return true
  const { offset, bytes } = signature
  return bytes.some((expected) => expected.every((byte, i) => content[offset + i] === byte))
}
