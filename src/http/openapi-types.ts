/** The parts of an OpenAPI document that its makers and checkers touch; everything else passes through untyped. */
export type Json = Record<string, unknown>

/** A JSON Schema as this service writes it. */
export interface Schema extends Json {
  $ref?: string
  type?: string | string[]
  title?: string
  description?: string
  enum?: unknown[]
  format?: string
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  maxProperties?: number
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  anyOf?: Schema[]
  examples?: unknown[]
}

export interface Parameter extends Json {
  in: 'path' | 'query' | 'header'
  name: string
  required: boolean
  description?: string
  schema: Schema
  example?: unknown
}

export interface Content {
  [mediaType: string]: { schema: Schema }
}

export interface Response extends Json {
  $ref?: string
  description?: string
  headers?: Record<string, Json>
  content?: Content
}

export interface Operation extends Json {
  operationId: string
  tags: string[]
  summary: string
  description: string
  parameters?: Parameter[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, Response>
}

export interface Document extends Json {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  webhooks?: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, Schema>
    responses: Record<string, Response>
    headers: Record<string, Json>
    [section: string]: Json
  }
}

/** Name of the component that a local reference means. */
export function refName(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1)
}
