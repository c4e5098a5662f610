package account

import (
	"slices"
	"testing"
)

func TestEndpointsAreTrustedInTheOrderInWhichTheyAreNamed(t *testing.T) {
	parsed, err := ParseEndpoints([]string{"https://B.example.ru/api", "https://a.example.ru/api/", "https://b.example.ru:443/api/", "a.example.ru=b.example.ru"}, false)
	if err != nil {
		t.Fatal(err)
	}
	directory := NewDirectory(Settings{Endpoints: parsed})
	if got, want := directory.Endpoints(), []string{"https://b.example.ru/api/", "https://a.example.ru/api/"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
