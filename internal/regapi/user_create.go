package regapi

import (
	"context"
	"net/netip"
)

// NewUser is the questionnaire of a new account (5.2).
type NewUser struct {
	// Login may hold a to z, 0 to 9, "-" and "_"; it and the password are left out with EmailOnly.
	Login    string
	Password Secret
	Email    string
	// IP is the address of the new user, which tells the country.
	IP netip.Addr
	// DefaultCountryCode is for an address that does not tell it, such as "RU".
	DefaultCountryCode string
	// EmailOnly has REG.API make a password and send it to the new user.
	EmailOnly bool
	// Profile holds further contacts by the documentation's names: user_first_name, user_phone, ….
	Profile Contacts
	// Subscribe adds the user to the registrar's mailing list.
	Subscribe bool
	// NoMailNotify keeps the registrar from telling the user by mail.
	NoMailNotify bool
	// SetMeAsReferrer makes the caller the referrer of the user.
	SetMeAsReferrer bool
	// CheckOnly registers nobody; the answer is then user 777.
	CheckOnly bool
	// WhiteListIPs are the addresses that may call REG.API for the user: "192.168.0.1",
	// "192.168.0.1/32", "192.168.0.1/255.255.255.255" or "192.168.".
	WhiteListIPs []string
}

// Create registers a new user and returns the number; Partners only (5.2).
func (s *UserService) Create(ctx context.Context, user NewUser) (ID, error) {
	var answer struct {
		UserID ID `json:"user_id"`
	}
	err := s.client.Call(ctx, "user/create", user.params(), requiring("user_id", &answer))
	return answer.UserID, err
}

func (u NewUser) params() parameters {
	params := parameters{}
	for name, value := range u.Profile {
		params.text(name, value)
	}
	params.text("user_login", u.Login)
	if u.Password != "" {
		params["user_password"] = u.Password
	}
	params.text("user_email", u.Email)
	if u.IP.IsValid() {
		params["user_ip"] = u.IP.String()
	}
	params.text("default_country_code", u.DefaultCountryCode)
	params.flag("email_only", u.EmailOnly)
	params.flag("user_subsribe", u.Subscribe) // the vendor's spelling
	if u.NoMailNotify {
		params["user_mailnotify"] = 0 // 1 unless given
	}
	params.flag("set_me_as_referrer", u.SetMeAsReferrer)
	params.flag("check_only", u.CheckOnly)
	if len(u.WhiteListIPs) > 0 {
		params["white_list_ips"] = u.WhiteListIPs
	}
	return params
}
