package regapi

import (
	"crypto"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the older edition of REG.API knows no other digest
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
)

// signatureText is the text that a signature covers (2.2.4.1): the values of all parameters, sorted
// bytewise and joined by semicolons. Values inside input_data count one by one, the input_data
// string itself does not.
func signatureText(form url.Values, params any) string {
	values := signedValues(params, nil)
	for name, fields := range form {
		if name == "sig" || name == "input_data" {
			continue
		}
		for _, field := range fields {
			values = appendTrue(values, field)
		}
	}
	slices.Sort(values)
	return strings.Join(values, ";")
}

// signedValues collects the scalars of a decoded JSON value, skipping every member named sig.
// Booleans are left out: the vendor's sample takes them for references and ignores them.
func signedValues(value any, values []string) []string {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if name != "sig" {
				values = signedValues(member, values)
			}
		}
	case []any:
		for _, element := range value {
			values = signedValues(element, values)
		}
	case string:
		values = appendTrue(values, value)
	case json.Number:
		values = appendTrue(values, value.String())
	}
	return values
}

// appendTrue appends what Perl calls true: neither empty nor "0".
func appendTrue(values []string, value string) []string {
	if value == "" || value == "0" {
		return values
	}
	return append(values, value)
}

// sign returns the base64 of an RSA PKCS #1 v1.5 signature of text.
func sign(key crypto.Signer, digest Digest, text string) (string, error) {
	var (
		sum  []byte
		hash crypto.Hash
	)
	switch digest {
	case SHA1:
		legacy := sha1.Sum([]byte(text)) //nolint:gosec // see the import
		sum, hash = legacy[:], crypto.SHA1
	default:
		current := sha512.Sum512([]byte(text))
		sum, hash = current[:], crypto.SHA512
	}
	signature, err := key.Sign(rand.Reader, sum, hash)
	if err != nil {
		return "", errors.New("the key does not sign") // the signer's own words may show the key
	}
	return base64.StdEncoding.EncodeToString(signature), nil
}
