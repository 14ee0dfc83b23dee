/**
 * OpenTelemetry, when OTEL_EXPORTER_OTLP_ENDPOINT is set: spans of requests, statements and due work, sent in batches.
 * Not loaded otherwise: the packages cost 0.1 s at start, and every promise is then followed for the open span.
 * Spans name operations and statements, never values: no personal data leaves by them.
 */
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api'

interface Tracing {
  api: typeof import('@opentelemetry/api')
  tracer: Tracer
}

let tracing: Tracing | null = null

/** Starts sending spans to a collector; `stop` sends what is left. Throws one sentence when a package is missing. */
export async function startTracing(endpoint: string): Promise<{ stop(): Promise<void> }> {
  const { api, exporter, resources, sdk } = await loadPackages()
  const provider = new sdk.NodeTracerProvider({
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ 'service.name': 'leadwell' }))
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [
      new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })),
    ],
  })
  provider.register()
  tracing = { api, tracer: provider.getTracer('leadwell') }
  return {
    stop: async () => {
      tracing = null
      await provider.shutdown()
    },
  }
}

async function loadPackages() {
  try {
    const [api, exporter, resources, sdk] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace-node'),
    ])
    return { api, exporter, resources, sdk }
  } catch (error) {
    throw new Error(
      'OTEL_EXPORTER_OTLP_ENDPOINT is set, but the @opentelemetry packages are not installed; run `npm install`.',
      { cause: error },
    )
  }
}

/** Runs work in a span of its own, below the one that is open; just runs it when tracing is off. */
export function inSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  if (tracing === null) return work()
  const { api, tracer } = tracing
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work()
    } catch (error) {
      span.setStatus({ code: api.SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  })
}

/** The span of one request. */
export interface RequestSpan {
  readonly traceId: string
  readonly spanId: string
  readonly isSampled: boolean
  /** Goes on inside the span: what it starts is below it. */
  run(next: () => void): void
  end(status: number): void
}

/** Opens the span of a request below the caller's (`traceparent`, `tracestate`); null when tracing is off. */
export function openRequestSpan(name: string, attributes: Attributes, headers: unknown): RequestSpan | null {
  if (tracing === null) return null
  const { api, tracer } = tracing
  const caller = api.propagation.extract(api.ROOT_CONTEXT, headers)
  const span = tracer.startSpan(name, { kind: api.SpanKind.SERVER, attributes }, caller)
  return requestSpan(api, span, api.trace.setSpan(caller, span))
}

function requestSpan(api: Tracing['api'], span: Span, inside: Context): RequestSpan {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return {
    traceId,
    spanId,
    isSampled: (traceFlags & api.TraceFlags.SAMPLED) !== 0,
    run: (next) => api.context.with(inside, next),
    end: (status) => {
      span.setAttribute('http.response.status_code', status)
      if (status >= 500) span.setStatus({ code: api.SpanStatusCode.ERROR })
      span.end()
    },
  }
}
