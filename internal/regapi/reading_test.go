package regapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// endless gives a body of a length that begins with a head and goes on with a piece, without holding it in memory.
func endless(head, piece string, length int64) io.Reader {
	block := []byte(strings.Repeat(piece, 1+(1<<16)/len(piece)))
	readers := []io.Reader{strings.NewReader(head)}
	for range length/int64(len(block)) + 1 {
		readers = append(readers, bytes.NewReader(block))
	}
	return io.LimitReader(io.MultiReader(readers...), length)
}

// endlessAPI answers every request with the same endless body.
func endlessAPI(t *testing.T, head, piece string, length int64) *Client {
	t.Helper()
	client, err := NewClient(WithCredentials(testPassword), WithTransport(roundTripper(func(*http.Request) (*http.Response, error) {
		body := io.NopCloser(endless(head, piece, length))
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: body}, nil
	})))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

type roundTripper func(*http.Request) (*http.Response, error)

func (r roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return r(request) }

// peakHeap gives the largest heap while something is done, in bytes, beyond what there was before.
func peakHeap(do func()) uint64 {
	runtime.GC()
	debug.FreeOSMemory()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	read := func() uint64 { metrics.Read(sample); return sample[0].Value.Uint64() }
	before, peak := read(), uint64(0)
	stop := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			peak = max(peak, read())
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	do()
	close(stop)
	watching.Wait()
	return max(peak, before) - before
}

// floods are the ways in which an answer can be too large: what it begins with, and what it goes on with.
var floods = map[string][2]string{
	"no JSON":              {"<html>", "x"},
	"spaces":               {"", " "},
	"one string":           {`{"result":"`, "x"},
	"members":              {`{`, `"a":1,`},
	"long members":         {`{`, `"a":"` + strings.Repeat("x", 1<<16) + `",`},
	"depth":                {`{"result":"success","answer":`, "["},
	"an answer of numbers": {`{"result":"success","answer":[`, "0,"},
	"one element":          {`{"result":"success","answer":{"domains":[{"dname":"`, "x"},
	"empty elements":       {`{"result":"success","answer":{"domains":[`, "{},"},
	"numbers for elements": {`{"result":"success","answer":{"domains":[`, "0,"},
	"elements":             {`{"result":"success","answer":{"domains":[`, `{"dname":"a.ru","result":"success","rrs":[` + strings.Repeat(" ", 1<<15) + `]},`},
	"records":              {`{"result":"success","answer":{"domains":[{"dname":"a.ru","result":"success","rrs":[`, `{},`},
	"services":             {`{"result":"success","answer":{"services":[`, `{"dname":"a.ru"},`},
	"empty services":       {`{"result":"success","answer":{"services":[`, `{},`},
	"prices":               {`{"result":"success","answer":{"prices":{`, `"ru":{"reg_price":1},`},
	"an answer's members":  {`{"result":"success","answer":{`, `"a":1,`},
	"after the end":        {`{"result":"success","answer":{"domains":[],"services":[],"prices":{}}}`, " "},
}

func TestSixtyFourMebibytesOfAnythingAreAnErrorAndLittleMemory(t *testing.T) {
	thousand := make([]DomainRef, MaxObjects)
	for i := range thousand {
		thousand[i] = ByName(fmt.Sprintf("domain-%d.ru", i))
	}
	calls := map[string]func(context.Context, *Client) error{
		"a thousand zones": func(ctx context.Context, c *Client) error {
			_, err := c.Zone.GetResourceRecords(ctx, thousand...)
			return err
		},
		"the account's services": func(ctx context.Context, c *Client) error {
			_, err := c.Service.GetList(ctx, ServTypeDomain)
			return err
		},
		"nothing": func(ctx context.Context, c *Client) error { return c.User.Nop(ctx) },
		"all prices": func(ctx context.Context, c *Client) error {
			_, err := c.Domain.GetPrices(ctx, DomainPriceQuery{})
			return err
		},
		"a file": func(ctx context.Context, c *Client) error {
			_, err := c.Domain.DownloadCertificate(ctx, thousand[0])
			return err
		},
	}
	for i, flood := range slices.Sorted(maps.Keys(floods)) {
		for j, name := range slices.Sorted(maps.Keys(calls)) {
			if (i+j)%floodsPerCall != 0 {
				continue
			}
			body, call := floods[flood], calls[name]
			client := endlessAPI(t, body[0], body[1], 64<<20)
			var err error
			peak := peakHeap(func() { err = call(t.Context(), client) })
			if err == nil {
				t.Errorf("%s, asked for %s: no error", flood, name)
			}
			if peak > 100<<20 {
				t.Errorf("%s, asked for %s: %d MiB of heap", flood, name, peak>>20)
			}
		}
	}
}

func TestAnAnswerMayBeAsLargeAsWhatWasAskedFor(t *testing.T) {
	record := `{"content":"192.0.2.1","prio":"0","rectype":"A","state":"A","subname":"www"}`
	zone := func(i, records int) string {
		return fmt.Sprintf(`{"dname":"domain-%d.ru","result":"success","rrs":[%s]}`, i, strings.TrimSuffix(strings.Repeat(record+",", records), ","))
	}
	for zones, records := range map[int]int{1: 50_000, MaxObjects: 200} {
		refs, elements := make([]DomainRef, zones), make([]string, zones)
		for i := range refs {
			refs[i], elements[i] = ByName(fmt.Sprintf("domain-%d.ru", i)), zone(i, records)
		}
		client, _ := answering(t, domainsAnswer(elements...))
		read, err := client.Zone.GetResourceRecords(t.Context(), refs...)
		if err != nil || len(read[zones-1].Records) != records {
			t.Errorf("%d zones of %d records: %v", zones, records, err)
		}
		alone, err := client.Zone.GetResourceRecords(t.Context(), refs[0])
		if zones > 1 && (err == nil || !Divisible(err)) {
			t.Errorf("a thousand zones for one: %d records, %v", len(alone[0].Records), err)
		}
	}
}
