package folder

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Service is a service that lies in a folder.
type Service struct {
	ID regapi.ID
	// Name of the domain that it is, or belongs to, in canonical form.
	Name string
	// Type is "domain" for a domain; empty where the answer told none.
	Type string
}

// ServicesOf gives what an answer tells of a folder's content (12.5).
func ServicesOf(contents []regapi.FolderContent) []Service {
	services := make([]Service, len(contents))
	for i, content := range contents {
		services[i] = Service{ID: content.ServiceID, Name: regapi.CanonicalName(content.Domain), Type: content.ServType}
	}
	return services
}

// IsDomain says whether the service is the domain of its name, and not a service that belongs to it.
func (s Service) IsDomain() bool { return s.Type == "" || s.Type == regapi.ServTypeDomain }

// String names the service to a person.
func (s Service) String() string {
	switch {
	case s.Name == "":
		return "service " + s.ID.String()
	case s.IsDomain():
		return s.Name
	default:
		return fmt.Sprintf("%s of %s (service %s)", s.Type, s.Name, s.ID)
	}
}

// Member is a service that somebody wants in a folder: a domain by its name, in canonical form, or any service by its number.
// A domain whose number is known has both.
type Member struct {
	ID   regapi.ID
	Name string
}

// String names the member as it was declared.
func (m Member) String() string {
	if m.Name == "" {
		return "service " + m.ID.String()
	}
	return m.Name
}

// Ref is how a request names the member.
func (m Member) Ref() regapi.DomainRef {
	if m.ID != 0 {
		return regapi.ByServiceID(m.ID)
	}
	return regapi.ByName(m.Name)
}

// Target is another folder, which takes what leaves this one.
type Target struct {
	ID   regapi.ID
	Name string
}

// Policy bounds a plan.
type Policy struct {
	// Exclusive says that the folder holds nothing but what is wanted.
	Exclusive bool
	// Owned are the services that are wanted, or were: they leave with the declaration.
	Owned IDs
	// MayTouch says whether a service may be taken out at all; nil is every one.
	MayTouch func(Service) bool
	// Destination is where a service goes that leaves this folder, if somebody wants it there; nil is nowhere.
	Destination func(Service) (Target, bool)
}

// Move is a service that goes to another folder.
type Move struct {
	Service
	To Target
}

// Plan is what has to change in a folder.
type Plan struct {
	Add    []Member
	Remove []Service
	Move   []Move
	// Present are the members that the folder holds already, by their numbers.
	Present IDs
	// Foreign is what the folder holds besides and keeps: nobody declared it, or it may not be touched.
	Foreign []Service
	// Held is how many services the folder holds.
	Held int
}

// New plans what makes a folder hold what is wanted. A member is in the folder if a service of its number is, or the domain of its
// name: a number that is not known, or was another one before, makes a domain no stranger. A service that belongs to a domain and is not
// the domain is none of its spellings.
func New(wanted []Member, held []Service, policy Policy) Plan {
	plan := Plan{Present: IDs{}, Held: len(held)}
	byID, domains := map[regapi.ID]Service{}, map[string]Service{}
	for _, service := range held {
		byID[service.ID] = service
		if service.IsDomain() && service.Name != "" {
			domains[service.Name] = service
		}
	}
	for _, member := range unique(wanted) {
		service, there := byID[member.ID]
		if !there && member.Name != "" {
			service, there = domains[member.Name]
		}
		if there {
			plan.Present.Add(service.ID)
		} else {
			plan.Add = append(plan.Add, member)
		}
	}
	for _, service := range held {
		if !plan.Present.Has(service.ID) {
			plan.release(service, policy)
		}
	}
	slices.SortFunc(plan.Remove, compareServices)
	slices.SortFunc(plan.Foreign, compareServices)
	slices.SortFunc(plan.Move, func(a, b Move) int {
		return cmp.Or(cmp.Compare(a.To.ID, b.To.ID), compareServices(a.Service, b.Service))
	})
	return plan
}

// release decides about a service that nobody wants in this folder.
func (p *Plan) release(service Service, policy Policy) {
	own := policy.Owned.Has(service.ID)
	if service.ID == 0 || (!own && !policy.Exclusive) || (policy.MayTouch != nil && !policy.MayTouch(service)) {
		p.Foreign = append(p.Foreign, service)
		return
	}
	if policy.Destination != nil {
		if to, found := policy.Destination(service); found {
			p.Move = append(p.Move, Move{service, to})
			return
		}
	}
	p.Remove = append(p.Remove, service)
}

// unique gives each member once, in order: of several that name one service, that which says most.
func unique(members []Member) []Member {
	ordered := slices.Clone(members)
	slices.SortFunc(ordered, func(a, b Member) int { return cmp.Or(cmp.Compare(a.unknown(), b.unknown()), compareMembers(a, b)) })
	named, numbered := map[string]bool{}, IDs{}
	ordered = slices.DeleteFunc(ordered, func(m Member) bool {
		twice := (m.Name != "" && named[m.Name]) || numbered.Has(m.ID)
		named[m.Name] = true
		numbered.Add(m.ID)
		return twice
	})
	slices.SortFunc(ordered, compareMembers)
	return ordered
}

// unknown is how much of a member is not known.
func (m Member) unknown() int {
	switch {
	case m.Name == "":
		return 2
	case m.ID == 0:
		return 1
	default:
		return 0
	}
}

func compareMembers(a, b Member) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}

func compareServices(a, b Service) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}

// Empty says whether nothing has to change.
func (p Plan) Empty() bool { return len(p.Add)+len(p.Remove)+len(p.Move) == 0 }

// Lines are the changes for people, one each: with + for what comes, - for what goes, and > for what goes to another folder.
func (p Plan) Lines() []string {
	lines := make([]string, 0, len(p.Add)+len(p.Remove)+len(p.Move))
	for _, member := range p.Add {
		lines = append(lines, "+ "+member.String())
	}
	for _, service := range p.Remove {
		lines = append(lines, "- "+service.String())
	}
	for _, move := range p.Move {
		lines = append(lines, fmt.Sprintf("> %s to %s", move.Service, move.To.Name))
	}
	return lines
}

// Removed are the numbers of what is taken out.
func (p Plan) Removed() IDs {
	removed := IDs{}
	for _, service := range p.Remove {
		removed.Add(service.ID)
	}
	return removed
}

// Hash names exactly this plan. The number of approvals that were used up makes the next one differ.
func (p Plan) Hash(used int) string {
	digest := sha256.New()
	for _, line := range p.Lines() {
		fmt.Fprintf(digest, "%q\n", line)
	}
	for _, service := range p.Remove {
		fmt.Fprintf(digest, "%s\n", service.ID)
	}
	fmt.Fprintf(digest, "%d", used)
	return hex.EncodeToString(digest.Sum(nil)[:8])
}

// Guard keeps a slip from emptying a folder.
type Guard struct {
	// MaxPercent of what the folder holds may be taken out, from MinMembers on.
	MaxPercent, MinMembers int
}

// DefaultGuard is that of a spec that has none.
var DefaultGuard = Guard{MaxPercent: 30, MinMembers: 10}

// Objects says why a plan has to be approved first; empty if it has not. What goes to another folder is not lost.
func (g Guard) Objects(plan Plan) string {
	lost := len(plan.Remove)
	switch {
	case lost == 0:
		return ""
	case plan.Held >= g.MinMembers && lost*100 > plan.Held*g.MaxPercent:
		return fmt.Sprintf("it takes %d of %d services out, more than %d percent", lost, plan.Held, g.MaxPercent)
	case lost == plan.Held && len(plan.Add) == 0:
		return fmt.Sprintf("it takes out all %d services and puts none in", lost)
	default:
		return ""
	}
}
