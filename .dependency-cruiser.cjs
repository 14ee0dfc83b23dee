/** The import rules of the house; each name is the sentence that a violation prints. */
const room = (from, to, name, extra = {}) => ({
  name,
  severity: 'error',
  from: { path: from, ...extra.from },
  to: { path: to, ...extra.to },
})

module.exports = {
  forbidden: [
    room('^src/domain', '^src/(?!domain/)', 'domain decides without knowing anything but itself'),
    room(
      '^src/domain',
      '^(node:)?(fs|net|http|https|child_process|timers|dns|tls|worker_threads)',
      'domain does no IO',
    ),
    room('^src/db', '^src/(features|http|pipeline|queue|changes|commands)', 'db knows neither features nor HTTP'),
    room('^src/queue', '^src/(?!queue/|db/)', 'queue knows only the database'),
    room('^src/changes', '^src/(?!changes/|queue/|db/|domain/)', 'changes knows only queue, db and domain'),
    room('^src/connectors', '^src/(db|features|pipeline|queue|changes|http)', 'connectors know the outside world only'),
    room('^src/connectors', 'node_modules/(fastify|@fastify)', 'connectors do not know Fastify'),
    room(
      '^src/http',
      '^src/(features|pipeline|changes/(?!change\\.ts)|commands)',
      'http serves features without knowing them',
    ),
    room(
      '^src/(db|queue|changes|connectors|http)',
      '^src/(policies|operations)',
      'what carries the house knows no policies',
    ),
    room('^src/pipeline', '^src/(features|http|commands)', 'the pipeline judges without knowing who asked'),
    room('^src/pipeline', 'node_modules/(fastify|@fastify)', 'the pipeline does not know Fastify'),
    room(
      '^src/(policies|operations)/',
      '^src/(features|pipeline|commands|connectors)',
      'policies and operations serve rooms and the pipeline without knowing them',
    ),
    room(
      '^src/(policies/(?!endpoints)|operations/)',
      '^src/(http|policies/endpoints)|node_modules/(fastify|@fastify)',
      'the stores of policies and operations do not know HTTP',
    ),
    room('^src/pipeline', '^src/policies/endpoints', 'the pipeline reads policies, not their endpoints'),
    room(
      '^src/pipeline/(?!judge/)[^/]+/',
      '^src/pipeline/judge/(judge-leads|stages)',
      'a stage works on the desk; the judge runs it',
    ),
    room(
      '^src/features/([^/]+)/',
      '^src/features/(?!$1/)',
      'rooms meet through tables, changes and the pipeline, never by import',
    ),
    room(
      '^src/features/[^/]+/.*-queries\\.ts$',
      '(-service\\.ts$|^src/(connectors|http)|node_modules/(fastify|@fastify))',
      'queries hold SQL and nothing else',
    ),
    room(
      '^src/features/[^/]+/.*-service\\.ts$',
      'node_modules/(fastify|@fastify)|^src/http/plugins',
      'services do not know Fastify',
    ),
    room(
      '^src/features/[^/]+/routes',
      '^src/(db/schema|connectors|pipeline|changes|queue)',
      'routes go through services and queries',
    ),
    room(
      '^src/(?!cli|server|commands|app|worker|jobs)',
      '^src/(cli|server|worker|app|jobs)\\.ts$',
      'doors import all and are imported by none',
    ),
    {
      name: 'no circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing lies around unused',
      severity: 'error',
      from: { orphan: true, pathNot: '^src/(cli|db/schema/index)\\.ts$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
