/** What handlers answer with, in words. */
import type { Answer } from './route.ts'

/** 200 with a body. */
export const ok = <Body>(body: Body, headers?: Record<string, string>): Answer<Body> => ({
  status: 200,
  body,
  ...(headers && { headers }),
})

/** 200 with a body and its ETag. */
export const okWithEtag = <Body extends { etag: string }>(body: Body): Answer<Body> => ok(body, { etag: body.etag })

/** 201 with the new object, its address and its ETag. */
export const created = <Body extends { etag: string }>(body: Body, location: string): Answer<Body> => ({
  status: 201,
  body,
  headers: { location, etag: body.etag },
})

/** 204. */
export const noContent = (): Answer => ({ status: 204 })
