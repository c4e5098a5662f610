package regapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
)

// Client calls REG.API for one account. It is safe for concurrent use and holds no state between
// requests but its idle connections; see the package documentation about one request at a time.
type Client struct {
	Common  *CommonService
	User    *UserService
	Bill    *BillService
	Service *ServiceService
	Domain  *DomainService
	Zone    *ZoneService
	DNSSEC  *DNSSECService
	Folder  *FolderService

	// endpoint is for printing. The credentials live in the handler's closure alone, where no
	// formatting verb can reach them.
	endpoint string
	handler  HandlerFunc
	idle     func()
}

// NewClient makes a client. Credentials are required; everything else has a default.
func NewClient(opts ...Option) (*Client, error) {
	settings := options{
		endpoint:      DefaultEndpoint,
		language:      English,
		timeout:       DefaultTimeout,
		maxAnswerSize: DefaultMaxAnswerSize,
		userAgent:     DefaultUserAgent,
	}
	for _, apply := range opts {
		apply(&settings)
	}
	endpoint, err := parseEndpoint(settings.endpoint)
	if err != nil {
		return nil, fmt.Errorf("make a REG.API client: %w", err)
	}
	if err := settings.validate(); err != nil {
		return nil, fmt.Errorf("make a REG.API client: %w", err)
	}
	return newClient(endpoint, settings), nil
}

func newClient(endpoint *url.URL, settings options) *Client {
	transport := settings.roundTripper()
	innermost := &wire{
		endpoint:      endpoint,
		credentials:   settings.credentials,
		language:      settings.language,
		userAgent:     settings.userAgent,
		timeout:       settings.timeout,
		maxAnswerSize: settings.maxAnswerSize,
		transport:     transport,
	}
	client := &Client{
		endpoint: endpoint.String(),
		handler:  chain(innermost, settings.middlewares...).Do,
		idle: func() {
			if pool, ok := transport.(interface{ CloseIdleConnections() }); ok {
				pool.CloseIdleConnections()
			}
		},
	}
	client.Common = &CommonService{client}
	client.User = &UserService{client}
	client.Bill = &BillService{client}
	client.Service = &ServiceService{client}
	client.Domain = &DomainService{client}
	client.Zone = &ZoneService{client}
	client.DNSSEC = &DNSSECService{client}
	client.Folder = &FolderService{client}
	return client
}

// Call calls any function, such as "folder/create". params becomes a JSON object and must not hold
// credentials; the member "answer" of the answer is decoded into answer, unless that is nil. A json.RawMessage is null where there is no such member.
// Elements of list functions may have failed although Call returns nil: the typed calls check that.
func (c *Client) Call(ctx context.Context, function string, params, answer any) error {
	reply, err := c.do(ctx, function, params)
	if paid, ok := answer.(*paidAnswer); ok && err != nil && reply != nil {
		_ = paid.UnmarshalJSON(reply.Payload) // the refusal is the error
	}
	if err != nil || answer == nil {
		return err
	}
	if raw, ok := answer.(*json.RawMessage); ok && len(reply.Payload) == 0 {
		*raw = json.RawMessage("null")
		return nil
	}
	if err := json.Unmarshal(reply.Payload, answer); err != nil {
		return unusable(function, "JSON of an undocumented shape", reply) // the decoder's words may show values
	}
	return nil
}

func (c *Client) do(ctx context.Context, function string, params any) (*Answer, error) {
	return c.handler(ctx, &Request{Function: function, Params: params})
}

// doList is do for answers that hold a list: of asked elements, or of as many as the account has if asked is 0. The members
// are those under which the list may stand.
func (c *Client) doList(ctx context.Context, function string, params any, asked int, members ...string) (*Answer, error) {
	return c.handler(ctx, &Request{Function: function, Params: params, lists: members, asked: asked})
}

// CloseIdleConnections closes the connections that no request uses, for example when the client is
// replaced by one with new credentials.
func (c *Client) CloseIdleConnections() { c.idle() }

// Format prints the endpoint alone.
func (c Client) Format(state fmt.State, _ rune) {
	_, _ = fmt.Fprintf(state, "regapi.Client(%s)", c.endpoint)
}
