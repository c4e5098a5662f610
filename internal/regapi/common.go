package regapi

import "context"

// CommonService holds the functions outside the categories (section 4).
type CommonService struct{ client *Client }

// Identity is who the credentials belong to.
type Identity struct {
	Login  string
	UserID ID
}

// Nop does nothing but check the credentials and tell whose they are (4.1).
func (s *CommonService) Nop(ctx context.Context) (Identity, error) {
	return s.client.identity(ctx, "nop")
}

// ResellerNop is Nop for Partner accounts; others get RESELLER_AUTH_FAILED, of ClassBlocked (4.2).
func (s *CommonService) ResellerNop(ctx context.Context) (Identity, error) {
	return s.client.identity(ctx, "reseller_nop")
}

// GetUserID returns the number of the account (4.3).
func (s *CommonService) GetUserID(ctx context.Context) (ID, error) {
	var answer struct {
		UserID ID `json:"user_id"`
	}
	err := s.client.Call(ctx, "get_user_id", nil, &answer)
	return answer.UserID, err
}

// GetServiceID returns the number of a domain (4.4).
func (s *CommonService) GetServiceID(ctx context.Context, ref DomainRef) (ID, error) {
	const function = "get_service_id"
	if ref.IsZero() {
		return 0, refuse(function, CodeServiceNotSpecified, "the reference identifies nothing")
	}
	return s.client.serviceID(ctx, function, ref.fields("domain_name"))
}

// serviceID calls one of the functions that answer with the number of a service.
func (c *Client) serviceID(ctx context.Context, function string, params map[string]any) (ID, error) {
	var answer struct {
		ServiceID ID `json:"service_id"`
	}
	if err := c.Call(ctx, function, params, &answer); err != nil {
		return 0, err
	}
	if answer.ServiceID == 0 {
		return 0, &Error{Function: function, Text: "the answer does not tell the number"}
	}
	return answer.ServiceID, nil
}

// identity calls one of the functions that answer with login and number.
func (c *Client) identity(ctx context.Context, function string) (Identity, error) {
	var answer struct {
		Login  Text `json:"login"`
		UserID ID   `json:"user_id"`
	}
	err := c.Call(ctx, function, nil, &answer)
	return Identity{Login: string(answer.Login), UserID: answer.UserID}, err
}
