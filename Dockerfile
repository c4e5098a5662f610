FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags "-s -w" -o /operator ./cmd/operator

# Distroless by construction: an empty image with the static binary and the
# certificate authorities that it needs to reach REG.API. No shell, no package
# manager and no libraries, so nothing to patch but Go itself.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /operator /operator
# A number, because runAsNonRoot cannot check a name and there is no passwd file.
USER 65532:65532
ENTRYPOINT ["/operator"]
