package provenance

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/internal/zone"
)

const (
	namePrefix = "regapi-external-dns-"
	managedBy  = "app.kubernetes.io/managed-by"
	component  = "app.kubernetes.io/component"
	// componentName tells these ConfigMaps from others of the operator.
	componentName = "external-dns-memory"

	keyDomain   = "domain"
	keyComplete = "complete"
	keyMade     = "made"
	keyTaken    = "taken"
	keyOf       = "of"
)

// nameOf gives the name of a zone's ConfigMap: a domain may be longer than what is left for it.
func nameOf(domain string) string {
	sum := sha256.Sum256([]byte(domain))
	return namePrefix + hex.EncodeToString(sum[:10])
}

func encode(domain string, entry Entry) (*corev1.ConfigMap, error) {
	object := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{
			Name: nameOf(domain), Labels: map[string]string{managedBy: "regapi-operator", component: componentName},
		},
		Data: map[string]string{keyDomain: domain, keyOf: entry.Of},
	}
	if made := entry.Made.Bytes(); len(made) > 0 {
		object.BinaryData = map[string][]byte{keyMade: made}
	}
	if entry.Complete {
		object.Data[keyComplete] = "true"
	}
	if len(entry.Taken) > 0 {
		taken, err := json.Marshal(entry.Taken)
		if err != nil {
			return nil, fmt.Errorf("remember what was taken: %w", err)
		}
		object.Data[keyTaken] = string(taken)
	}
	return object, nil
}

// decode reads a ConfigMap; ok is false for one that is of no zone. What cannot be read of it is not known.
func decode(object *corev1.ConfigMap) (domain string, entry Entry, ok bool) {
	domain = object.Data[keyDomain]
	entry.Made, entry.Of = zone.ParseSet(object.BinaryData[keyMade]), object.Data[keyOf]
	entry.Complete = object.Data[keyComplete] == "true" && len(object.BinaryData[keyMade])%8 == 0
	if taken := object.Data[keyTaken]; taken != "" && json.Unmarshal([]byte(taken), &entry.Taken) != nil {
		entry.Taken = nil
	}
	return domain, entry, nameOf(domain) == object.Name
}
