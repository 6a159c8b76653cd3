# The production program with its page, alone: no Temporal server, no shell scripts, nothing that runs as root.
FROM node:20-bookworm-slim AS page
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund --ignore-scripts
# The types of the API are made from its document.
COPY api/openapi.yaml /src/api/
COPY web/ ./
RUN npm run generate && npm run build

FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
COPY --from=page /src/web/dist web/dist
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /fermata ./cmd/fermata

FROM alpine:3.22
# Time zones come from Go's own data; certificates are in the base image.
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /usr/share/zoneinfo.zip
COPY --from=build /fermata /usr/local/bin/fermata
ENV ZONEINFO=/usr/share/zoneinfo.zip FERMATA_HTTP_ADDR=0.0.0.0:8080
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["wget", "--quiet", "--output-document=/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["/usr/local/bin/fermata"]
CMD ["api"]
