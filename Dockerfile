# syntax=docker/dockerfile:1
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.types.json build.mjs ./
COPY prisma ./prisma
COPY src ./src
RUN npm ci --ignore-scripts --no-audit --no-fund && npm run generate && npm run build \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DRACO_DATA_DIR=/data CHECKPOINT_DISABLE=1
WORKDIR /app
RUN groupadd --system --gid 10001 draco && useradd --system --uid 10001 --gid draco --home-dir /data draco \
  && install -d -o draco -g draco /data
COPY --from=build --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/dist ./dist
COPY --chown=root:root package.json app.yml ./
COPY --chown=root:root prisma ./prisma
USER 10001:10001
VOLUME ["/data"]
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["start"]
