package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// samples are the objects of config/samples.
type samples struct {
	objects []*unstructured.Unstructured
	secret  corev1.Secret
	zone    v1alpha1.DNSZone
	account string
	domains []string // the names of all Domain objects
}

// readSamples reads config/samples as `kubectl apply -k` would.
func (d *demo) readSamples(ctx context.Context) error {
	manifest, err := d.kubectl(ctx, nil, "kustomize", d.config("samples"))
	if err != nil {
		return err
	}
	d.samples, err = parseSamples([]byte(manifest))
	return err
}

func parseSamples(manifest []byte) (samples, error) {
	var s samples
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(manifest), 4096)
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(object)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return samples{}, err
		}
		if err := s.add(object); err != nil {
			return samples{}, fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
	if s.secret.Name == "" || s.account == "" || s.zone.Name == "" || len(s.domains) == 0 {
		return samples{}, errors.New("the samples lack a Secret, an Account, a Domain or a DNSZone")
	}
	return s, nil
}

func (s *samples) add(object *unstructured.Unstructured) error {
	s.objects = append(s.objects, object)
	convert := runtime.DefaultUnstructuredConverter.FromUnstructured
	switch object.GetKind() {
	case "Secret":
		var secret corev1.Secret
		if err := convert(object.Object, &secret); err != nil {
			return err
		}
		if secret.Type != v1alpha1.SecretTypeContacts { // Those are a registrant's; the other one has the login.
			s.secret = secret
		}
	case "Account":
		s.account = object.GetName()
	case "DNSZone":
		return convert(object.Object, &s.zone)
	case "Domain":
		var domain v1alpha1.Domain
		if err := convert(object.Object, &domain); err != nil {
			return err
		}
		s.domains = append(s.domains, string(domain.Spec.DomainName))
	}
	return nil
}

// credential returns a value of the Secret.
func (s *samples) credential(key string) string {
	if value, ok := s.secret.StringData[key]; ok {
		return value
	}
	return string(s.secret.Data[key])
}

// loneAddress returns an A record of the zone that is the only one of its name:
// the name, relative to the zone, and the address.
func (s *samples) loneAddress() (name, address string, err error) {
	for _, entry := range s.zone.Spec.Records {
		if len(entry.A) == 1 {
			return entry.Name, string(entry.A[0]), nil
		}
	}
	return "", "", errors.New("the sample zone has no name with one A record")
}

// manifest returns the samples as YAML, with the Account pointed at the endpoint.
func (s *samples) manifest(endpoint string) ([]byte, error) {
	var manifest bytes.Buffer
	for _, object := range s.objects {
		object = object.DeepCopy()
		if object.GetKind() == "Account" {
			if err := unstructured.SetNestedField(object.Object, endpoint, "spec", "endpoint"); err != nil {
				return nil, err
			}
		}
		text, err := yaml.Marshal(object.Object)
		if err != nil {
			return nil, err
		}
		manifest.WriteString("---\n")
		manifest.Write(text)
	}
	return manifest.Bytes(), nil
}
