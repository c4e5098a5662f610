package dnszone

import "testing"

func TestAZoneMayHoldPlusSignsThatTheFunctionsRefuse(t *testing.T) {
	held, err := newRecord("example.ru", Record{Name: "User+Tag.mail", Type: "A", Content: "192.0.2.1"})
	if err != nil || held.Name != "user+tag.mail" {
		t.Errorf("%q, %v", held.Name, err)
	}
	if name, err := canonicalSubdomain("user+tag.mail", "example.ru"); err == nil {
		t.Errorf("the functions take %q", name)
	}
	if held, err := newRecord("example.ru", Record{Name: "тег+a", Type: "A", Content: "192.0.2.1"}); err == nil {
		t.Errorf("a name that nobody has is held as %q", held.Name)
	}
}
