package regapitest

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// newLogin is what a login may be (5.2).
var newLogin = regexp.MustCompile(`^[a-z0-9_-]+$`)

// checkedUserID is the number that is answered when nobody is registered: check_only, and the test user (5.2).
const checkedUserID = 777

// createUser registers an account that can call the API at once (5.2). With email_only the address is the login, too.
//
// The address of the user and its country are not required, because the documentation's example gives neither.
func createUser(c *call) (map[string]any, *refusal.Error) {
	wanted, err := c.readNewUser()
	if err != nil {
		return nil, err
	}
	if c.test || c.flag("check_only") {
		return map[string]any{"user_id": textNumeral(checkedUserID)}, nil
	}
	if err := c.srv.state.addAccount(wanted); err != nil {
		return nil, refusal.New("INTERNAL_ERROR", "error_detail", err.Error())
	}
	c.touch()
	return map[string]any{"user_id": textNumeral(c.srv.state.accounts[wanted.Login].UserID)}, nil
}

// readNewUser checks the parameters. Errors: PARAMETER_MISSING, PARAMETER_INCORRECT, USER_LOGIN_NOT_UNIQUE.
func (c *call) readNewUser() (Account, *refusal.Error) {
	wanted := Account{Login: c.params.Text("user_login"), Password: c.params.Text("user_password"), Email: c.params.Text("user_email")}
	required := []string{"user_login", "user_password", "user_email"}
	if c.flag("email_only") {
		required = []string{"user_email"}
		// The service makes a password up and sends it; nobody could read that here.
		wanted.Login, wanted.Password = wanted.Email, "generated"
	}
	for _, field := range required {
		if c.params.Text(field) == "" {
			return wanted, refusal.Missing(field)
		}
	}
	if err := c.checkNewUser(wanted); err != nil {
		return wanted, err
	}
	for _, text := range texts(c.params.Value("white_list_ips")) {
		allowed, ok := parseAddresses(text)
		if !ok {
			return wanted, refusal.Incorrect("white_list_ips")
		}
		wanted.AllowedIPs = append(wanted.AllowedIPs, allowed)
	}
	return wanted, nil
}

func (c *call) checkNewUser(wanted Account) *refusal.Error {
	if _, err := mail.ParseAddress(wanted.Email); err != nil {
		return refusal.Incorrect("user_email")
	}
	if !c.flag("email_only") && !newLogin.MatchString(wanted.Login) {
		return refusal.Incorrect("user_login")
	}
	if text := c.params.Text("user_ip"); text != "" && net.ParseIP(text) == nil {
		return refusal.Incorrect("user_ip")
	}
	if language := c.params.Text("user_language"); !slices.Contains([]string{"", "ru", "en"}, language) {
		return refusal.Incorrect("user_language")
	}
	for _, flag := range []string{"user_subsribe", "user_mailnotify", "set_me_as_referrer", "check_only"} {
		if !slices.Contains([]string{"", "0", "1"}, c.params.Text(flag)) {
			return refusal.Incorrect(flag)
		}
	}
	if wanted.Login == testLogin || c.srv.state.accounts[wanted.Login] != nil {
		return refusal.New("USER_LOGIN_NOT_UNIQUE")
	}
	return nil
}

// parseAddresses reads a range of addresses as white_list_ips has them: 192.168.0.1, 192.168.0.1/32, 192.168.0.1/255.255.255.255, 192.168. (5.2).
func parseAddresses(text string) (netip.Prefix, bool) {
	address, bits, sized := strings.Cut(text, "/")
	if partial := strings.Split(strings.TrimSuffix(address, "."), "."); !sized && strings.HasSuffix(address, ".") && len(partial) < net.IPv4len {
		padding := strings.Repeat(".0", net.IPv4len-len(partial))
		address, bits, sized = strings.Join(partial, ".")+padding, fmt.Sprint(8*len(partial)), true
	}
	if mask := net.ParseIP(bits).To4(); mask != nil {
		ones, size := net.IPMask(mask).Size()
		if size == 0 {
			return netip.Prefix{}, false
		}
		bits = fmt.Sprint(ones)
	}
	if !sized {
		single, err := netip.ParseAddr(address)
		if err != nil {
			return netip.Prefix{}, false
		}
		return netip.PrefixFrom(single, single.BitLen()), true
	}
	prefix, err := netip.ParsePrefix(address + "/" + bits)
	return prefix.Masked(), err == nil
}
