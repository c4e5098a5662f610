package regapitest

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// Folder is a folder of an account.
type Folder struct {
	Name string `json:"name"`
	// FolderID is made up when 0.
	FolderID int64 `json:"folderID,omitempty"`
	// Domains are the names of the account's domains that lie in it.
	Domains []string `json:"domains,omitempty"`
}

// folder is a folder of an account, with what lies in it in the order in which it came.
type folder struct {
	id          int64
	name, owner string
	members     []*service
	// held has the members again, so that a folder of many is not searched.
	held map[*service]bool
}

func (f *folder) holds(s *service) bool { return f.held[s] }

// put adds a service unless it is there already; it tells whether anything changed.
func (f *folder) put(s *service) bool {
	if f.holds(s) {
		return false
	}
	if f.held == nil {
		f.held = map[*service]bool{}
	}
	f.held[s] = true
	f.members = append(f.members, s)
	return true
}

// take removes a service; it tells whether anything changed.
func (f *folder) take(s *service) bool {
	if !f.holds(s) {
		return false
	}
	delete(f.held, s)
	f.members = slices.DeleteFunc(f.members, func(member *service) bool { return member == s })
	return true
}

// empty removes everything.
func (f *folder) empty() { f.members, f.held = nil, nil }

// contents are the services that its owner may still use.
func (f *folder) contents() []*service {
	return slices.DeleteFunc(slices.Clone(f.members), func(member *service) bool { return !member.managedBy(f.owner) || !member.listed() })
}

func (s *state) addFolder(login, name string) *folder {
	added := &folder{id: s.freshID(), name: name, owner: login}
	s.folders = append(s.folders, added)
	return added
}

// putOrdered puts what was ordered into a folder, which may be a new one.
func (s *state) putOrdered(into *folder, ordered *service) {
	if into.id == 0 {
		into.id = s.freshID()
		s.folders = append(s.folders, into)
	}
	into.put(ordered)
}

func (s *state) seedFolder(login string, seed Folder) error {
	if seed.Name == "" || s.folderNamed(login, seed.Name) != nil {
		return fmt.Errorf("folder %q: the name is empty or taken", seed.Name)
	}
	added := s.addFolder(login, seed.Name)
	if seed.FolderID != 0 {
		added.id = seed.FolderID
	}
	for _, name := range seed.Domains {
		canonical, err := dnszone.CanonicalDomain(name)
		if err != nil {
			return fmt.Errorf("folder %q: %w", seed.Name, err)
		}
		member := s.attached(login, canonical, domainType)
		if member == nil {
			return fmt.Errorf("folder %q: %s has no domain %q", seed.Name, login, name)
		}
		added.put(member)
	}
	return nil
}

func (s *state) removeFolder(doomed *folder) {
	s.folders = slices.DeleteFunc(s.folders, func(f *folder) bool { return f == doomed })
}

func (s *state) foldersOf(login string) []*folder {
	return slices.DeleteFunc(slices.Clone(s.folders), func(f *folder) bool { return f.owner != login })
}

// folderNamed returns the folder of a name, or nil.
func (s *state) folderNamed(login, name string) *folder {
	for _, f := range s.foldersOf(login) {
		if f.name == name {
			return f
		}
	}
	return nil
}

func (s *state) folderNumbered(login, id string) *folder {
	for _, f := range s.foldersOf(login) {
		if strconv.FormatInt(f.id, 10) == id {
			return f
		}
	}
	return nil
}

// folderRef is what a request names a folder with: its number, which counts where both are given, or its name (2.2.4.5). The prefix is "new_" for the
// folder that services are moved to (12.9).
type folderRef struct{ prefix, id, name string }

func (c *call) folderRef(prefix string) folderRef {
	return folderRef{prefix: prefix, id: c.params.Text(prefix + "folder_id"), name: c.params.Text(prefix + "folder_name")}
}

// field is the parameter that counts.
func (r folderRef) field() string {
	if r.id != "" {
		return r.prefix + "folder_id"
	}
	return r.prefix + "folder_name"
}

// findFolder finds the folder that a request names.
//
// Errors: PARAMETER_MISSING, and what folderError makes of a folder that is not there.
func (c *call) findFolder(prefix string) (*folder, *refusal.Error) {
	ref := c.folderRef(prefix)
	if ref.id == "" && ref.name == "" {
		return nil, refusal.Missing(ref.field())
	}
	if c.test {
		return exampleFolder(ref), nil
	}
	found := c.srv.state.folderNumbered(c.account.Login, ref.id)
	if ref.id == "" {
		found = c.srv.state.folderNamed(c.account.Login, ref.name)
	}
	if found == nil {
		return nil, c.folderError("FOLDER_NOT_FOUND", ref)
	}
	return found, nil
}

// folderError is the error of a folder that is missing, or in the way. No code is documented for either: [Behaviour.FolderErrors] chooses.
func (c *call) folderError(code string, ref folderRef) *refusal.Error {
	if c.srv.behaviour.FolderErrors == FolderErrorOwn {
		return refusal.New(code, "folder_name", ref.name)
	}
	return refusal.Incorrect(ref.field())
}

// folderForOrder is the folder that an order is put into: nil when none is named, and a new one when the name is new and no_new_folder is not set
// (7.4). The state knows a new one once something is put into it: an order that is refused makes none.
func (c *call) folderForOrder() (*folder, *refusal.Error) {
	ref := c.folderRef("")
	if ref.id == "" && ref.name == "" {
		return nil, nil
	}
	found, err := c.findFolder("")
	if err != nil && ref.id == "" && !c.flag("no_new_folder") {
		return &folder{name: ref.name, owner: c.account.Login}, nil
	}
	return found, err
}
