// Package proxy is the sidecar of external-dns: it passes the requests of external-dns on to the operator, by TLS and with
// the pod's own token.
//
// external-dns ends its process when its provider refuses the connection, answers 4xx, or takes longer than 15 s, and it
// sends no token. So the proxy stands beside it on loopback and answers 503 within Settings.AnswerWithin whatever happens
// behind it: the operator is away, its leader changes, it does not let us in. What the operator itself answers goes through
// as it is.
//
// The package knows neither REG.API nor Kubernetes: it reads two files, and everything else comes with the requests.
//
// Start reading at Proxy.ServeHTTP.
package proxy
