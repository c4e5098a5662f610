package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/internal/door"
)

// doorService leads the API server to the operator, as the Service of an installation does.
const doorService = `
---
apiVersion: v1
kind: Service
metadata: {name: regapi-operator, namespace: %s}
spec: {type: ExternalName, externalName: localhost}
`

// hangDoor tells the API server where the operator will serve the plugin, and gives the port.
func (d *demo) hangDoor(ctx context.Context) (port string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err = net.SplitHostPort(listener.Addr().String())
	listener.Close()
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(d.config("plugin/access/apiservice.yaml"))
	if err != nil {
		return "", err
	}
	registration := &unstructured.Unstructured{}
	if err := yaml.Unmarshal(text, &registration.Object); err != nil {
		return "", err
	}
	number, err := strconv.ParseInt(port, 10, 32)
	if err != nil {
		return "", err
	}
	service := map[string]any{"namespace": operatorNamespace, "name": "regapi-operator", "port": number}
	if err := unstructured.SetNestedMap(registration.Object, service, "spec", "service"); err != nil {
		return "", err
	}
	if text, err = yaml.Marshal(registration.Object); err != nil {
		return "", err
	}
	_, err = d.kubectl(ctx, append(text, fmt.Sprintf(doorService, operatorNamespace)...), "apply", "-f", "-")
	return port, err
}

// awaitDoor waits until the API server reaches the door.
func (d *demo) awaitDoor(ctx context.Context) error {
	_, err := d.kubectl(ctx, nil, "wait", "--for=condition=Available", "apiservice/"+door.APIServiceName, "--timeout="+toolTimeout.String())
	return err
}
