package regapi

import "testing"

func TestEverySpellingOfAnEndpointIsOne(t *testing.T) {
	for spelling, want := range map[string]string{
		"":                                      DefaultEndpoint,
		DefaultEndpoint:                         DefaultEndpoint,
		"https://api.reg.ru/api/regru2":         DefaultEndpoint,
		"HTTPS://API.reg.RU/api/regru2/":        DefaultEndpoint,
		"https://api.reg.ru:443/api/regru2/":    DefaultEndpoint,
		"https://api.reg.ru:/api/regru2/":       DefaultEndpoint,
		"https://api.reg.ru./api//regru2///":    DefaultEndpoint,
		"https://api.reg.ru/api/x/../regru2/./": DefaultEndpoint,
		"https://api.reg.ru:8443/api/regru2":    "https://api.reg.ru:8443/api/regru2/",
		"https://api.reg.ru":                    "https://api.reg.ru/",
		"https://api.reg.ru/API/regru2":         "https://api.reg.ru/API/regru2/",
		"http://127.0.0.1:80/api":               "http://127.0.0.1/api/",
		"http://[0:0:0:0:0:0:0:1]:8080/api":     "http://[::1]:8080/api/",
		"http://[::1]/":                         "http://[::1]/",
	} {
		got, err := CanonicalEndpoint(spelling)
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", spelling, got, err, want)
		}
		if again, err := CanonicalEndpoint(got); err != nil || again != got {
			t.Errorf("%s is not canonical itself: %q, %v", got, again, err)
		}
	}
	for _, refused := range []string{"api.reg.ru", "http://api.reg.ru/", "https://user@api.reg.ru/", "https://api.reg.ru/?x=1", "ftp://api.reg.ru/"} {
		if got, err := CanonicalEndpoint(refused); err == nil {
			t.Errorf("%s: %q", refused, got)
		}
	}
}

func TestTheHostOfAnEndpointHasThePortThatTellsItApart(t *testing.T) {
	for endpoint, want := range map[string]string{
		DefaultEndpoint: "api.reg.ru", "https://api.reg.ru:8443/x/": "api.reg.ru:8443", "http://[::1]:8080/": "[::1]:8080", "http://[::1]/": "[::1]",
	} {
		if got := EndpointHost(endpoint); got != want {
			t.Errorf("%s: %q, want %q", endpoint, got, want)
		}
	}
}

func TestALoopbackEndpointIsThisMachineAlone(t *testing.T) {
	for endpoint, want := range map[string]bool{
		DefaultEndpoint: false, "http://127.0.0.1:1/": true, "https://[::1]/": true, "http://localhost/": true, "https://localhost.example.ru/": false,
	} {
		if got := IsLoopbackEndpoint(endpoint); got != want {
			t.Errorf("%s: %t", endpoint, got)
		}
	}
}
