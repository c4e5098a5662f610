package conformance

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// Two bodies that are right, for a zone that is not served: to change a zone, a mutation would have to guess its name.
const (
	rightChanges   = `{"create":[{"dnsName":"www.example.org","targets":["192.0.2.1"],"recordType":"A","recordTTL":300,"labels":{"owner":"a"},"providerSpecific":[{"name":"a","value":"b"}]}],"updateOld":[{"dnsName":"a.example.org","targets":["192.0.2.1"],"recordType":"A"}],"updateNew":[{"dnsName":"a.example.org","targets":["192.0.2.2"],"recordType":"A"}],"delete":[{"dnsName":"b.example.org","targets":["t.example.org"],"recordType":"CNAME"}]}`
	rightEndpoints = `[{"dnsName":"www.example.org","targets":["192.0.2.1","2001:db8::1"],"recordType":"A","setIdentifier":"x","labels":{}},{"dnsName":"*.example.org","targets":["\u043f"],"recordType":"TXT"}]`
)

// post sends a body as external-dns would, and returns the status. A server that hangs up on a body that is too long refuses
// it as well.
func (s *served) post(t *testing.T, path string, body io.Reader) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/external.dns.webhook+json;version=1")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return http.StatusRequestEntityTooLarge
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Error(err)
	}
	return response.StatusCode
}

// answerTo posts a body. One that the provider is late with, where the machine stands still, is sent again, as external-dns does.
func (s *served) answerTo(t *testing.T, path, body string) (status int) {
	t.Helper()
	for range 3 {
		begun := time.Now()
		if status = s.post(t, path, strings.NewReader(body)); status != http.StatusServiceUnavailable || time.Since(begun) < late {
			break
		}
	}
	return status
}

func TestHostileBodiesAreRefusedAndChangeNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.addZone(t, "hostile.ru")
	before := s.api.Records("hostile.ru")
	for path, right := range map[string]string{"/records": rightChanges, "/adjustendpoints": rightEndpoints} {
		if status := s.answerTo(t, path, right); status >= http.StatusBadRequest {
			t.Fatalf("%s: a right body is answered %d", path, status)
		}
		for name, body := range map[string]string{
			"nothing": "", "half": right[:len(right)/2], "two": right + right, "a number": "1", "a string": `"x"`, "wrong types": strings.ReplaceAll(right, `"A"`, `7`),
			"the other shape": map[bool]string{true: rightEndpoints, false: rightChanges}[right == rightChanges],
			"no UTF-8":        strings.Replace(right, "www", "w\xffw", 1), "deep": strings.Repeat("[", 1<<20), "deep objects": strings.Repeat(`{"create":[`, 1<<18),
			"a huge number": strings.Replace(right, "192.0.2.1\"", "x\"], \"recordTTL\": 1e999, \"targets\":[\"y\"", 1),
		} {
			if status := s.answerTo(t, path, body); status < 400 || status > 499 {
				t.Errorf("%s: %s is answered %d", path, name, status)
			}
		}
		s.mutate(t, path, right)
	}
	if diff := cmp.Diff(before, s.api.Records("hostile.ru")); diff != "" {
		t.Errorf("the zone (-before +after):\n%s", diff)
	}
	if writes := s.api.Journal(regapitest.Writes()); len(writes) != 0 {
		t.Errorf("REG.API was asked to write %+v", writes)
	}
}

// mutate sends thousands of bodies that differ from a right one in a few places. What is no JSON in UTF-8 is refused; what
// still is may be taken. None is a failure of the server.
func (s *served) mutate(t *testing.T, path, right string) {
	t.Helper()
	const bodies = 2000
	random := rand.New(rand.NewPCG(5, 1))
	for range bodies {
		body := []byte(right)
		for range 1 + random.IntN(3) {
			at := random.IntN(len(body))
			switch random.IntN(3) {
			case 0:
				body[at] = byte(random.IntN(256))
			case 1:
				body = append(body[:at:at], body[at+random.IntN(min(20, len(body)-at)):]...)
			default:
				body = append(body[:at:at], append([]byte(`{}[]",:0-e\`)[random.IntN(11):], body[at:]...)...)
			}
		}
		status := s.answerTo(t, path, string(body))
		if sound := json.Valid(body) && utf8.Valid(body); status >= http.StatusInternalServerError || (!sound && status < http.StatusBadRequest) {
			t.Errorf("%s: %q is answered %d", path, body, status)
		}
	}
}

// endless is a body of any length.
type endless struct{ left int64 }

func (e *endless) Read(buffer []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(buffer)), e.left)
	for i := range buffer[:n] {
		buffer[i] = 'x'
	}
	e.left -= n
	return int(n), nil
}

// More is sent than the operator may take in memory, several bodies at a time. On a busy machine a body may come too slowly to
// be read to the limit, which is an error too.
func TestBodiesOfAHundredMegabytesAreRefusedInBoundedMemory(t *testing.T) {
	t.Parallel()
	const (
		size   = 100 << 20
		rounds = 3
		atOnce = 4
		bound  = 1 << 30
	)
	s := serve(t)
	s.addZone(t, "huge.ru")
	for range rounds {
		var sending sync.WaitGroup
		for range atOnce {
			sending.Go(func() {
				body := io.MultiReader(strings.NewReader(`{"create":[{"dnsName":"`), &endless{left: size}, strings.NewReader(`.huge.ru","recordType":"A","targets":["192.0.2.1"]}]}`))
				if status := s.post(t, "/records", body); status < http.StatusBadRequest {
					t.Errorf("100 MB are answered %d", status)
				}
			})
		}
		sending.Wait()
	}
	memory := s.operator.Metric(t, "process_resident_memory_bytes")
	if memory == 0 || memory > bound {
		t.Errorf("the operator takes %.0f MB, not up to %d", memory/(1<<20), bound>>20)
	}
	t.Logf("the operator takes %.0f MB", memory/(1<<20))
	if records := s.api.Records("huge.ru"); len(records) != 1 {
		t.Errorf("the zone holds %d records", len(records))
	}
}
