FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH
ARG VERSION COMMIT
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= \
    -X github.com/regapi-io/regapi-operator/internal/buildinfo.version=$VERSION \
    -X github.com/regapi-io/regapi-operator/internal/buildinfo.commit=$COMMIT" -o /operator ./cmd/operator

# Distroless by construction: an empty image with the static binary, which has the
# certificate authorities and time zones in it. No shell, no package manager and no
# libraries, so nothing to patch but Go itself. make image makes the same without Docker.
FROM scratch
COPY --from=build /operator /operator
# A number, because runAsNonRoot cannot check a name and there is no passwd file.
USER 65532:65532
ENTRYPOINT ["/operator"]
