package folder

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/folder"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/text"
)

const (
	// firstRetry and lastRetry bound how long a member that REG.API refused is left out: about as long again as it has been refused, since
	// what has to change lies with people.
	firstRetry = 15 * time.Minute
	lastRetry  = 6 * time.Hour
	// maxRefused bounds the list in the status, and maxMemberName a name in it.
	maxRefused    = 100
	maxMemberName = 512
)

// refusals remember what REG.API refused to put into the folder of each Folder, so that it is not asked again with every other change. What a
// process has forgotten is asked once more. The zero value is ready to use; refusals are safe for concurrent use.
type refusals struct {
	mu       sync.Mutex
	byFolder map[types.NamespacedName]map[folder.Member]*refusal
}

// refusal is that of a member.
type refusal struct {
	reason, message string
	since, due      time.Time
}

// note remembers that a member was refused.
func (r *refusals) note(key types.NamespacedName, member folder.Member, reason, message string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byFolder == nil {
		r.byFolder = map[types.NamespacedName]map[folder.Member]*refusal{}
	}
	if r.byFolder[key] == nil {
		r.byFolder[key] = map[folder.Member]*refusal{}
	}
	now := time.Now()
	found := r.byFolder[key][member]
	if found == nil {
		found = &refusal{since: now}
		r.byFolder[key][member] = found
	}
	found.reason, found.message = reason, message
	found.due = now.Add(pause.Jittered(min(max(now.Sub(found.since), firstRetry), lastRetry)))
}

// of gives the refusal of a member; nil if there is none.
func (r *refusals) of(key types.NamespacedName, member folder.Member) *refusal {
	r.mu.Lock()
	defer r.mu.Unlock()
	if found := r.byFolder[key][member]; found != nil {
		copied := *found
		return &copied
	}
	return nil
}

// keep forgets every member that is not among these.
func (r *refusals) keep(key types.NamespacedName, members map[folder.Member]bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for member := range r.byFolder[key] {
		if !members[member] {
			delete(r.byFolder[key], member)
		}
	}
	if len(r.byFolder[key]) == 0 {
		delete(r.byFolder, key)
	}
}

func (r *refusals) forget(key types.NamespacedName) { r.keep(key, nil) }

func (s *scope) refuse(member, reason, message string) {
	s.refused = append(s.refused, v1alpha1.RefusedMember{
		Member: text.Shorten(member, maxMemberName), Reason: reason, Message: text.Shorten(message, status.MaxMessage),
	})
}

// due are the members that are to be in the folder now: without those that an older Folder has, and those that REG.API refused lately.
func (s *scope) due(r *Reconciler) []folder.Member {
	yielded, now := folder.ParseIDs(s.folder.Status.Yielded), time.Now()
	var members []folder.Member
	for _, member := range s.wanted {
		refused := r.refusals.of(s.key(), member)
		if !yielded.Has(member.ID) && (refused == nil || !now.Before(refused.due)) {
			members = append(members, member)
		}
	}
	return members
}

// sortFailures remembers what was refused for good, and gives an error for what may pass, or was not taken out.
func (r *Reconciler) sortFailures(s *scope, result folder.Result) error {
	var passing []string
	var stuck error
	for _, failure := range result.Failures {
		line := fmt.Sprintf("%s: %s", failure.Change, outcome.Message(failure.Err))
		switch {
		case s.isDone(failure):
		case isTransient(failure.Err):
			passing = append(passing, line)
		case failure.Member == (folder.Member{}):
			stuck = fmt.Errorf("%s: %w", failure.Change, failure.Err)
		default:
			r.refusals.note(s.key(), failure.Member, codeOf(failure.Err), outcome.Message(failure.Err))
		}
	}
	if len(passing) == 0 {
		return stuck
	}
	return progress(s, fmt.Errorf("changes did not come about and are tried again: %s", listOf(passing)))
}

// isDone says whether the folder shows a change as made that REG.API called a failure.
func (s *scope) isDone(failure folder.Failure) bool {
	if failure.Member == (folder.Member{}) {
		return false
	}
	return len(folder.Missing([]folder.Member{failure.Member}, s.heldServices())) == 0
}

// isTransient says whether a failure passes without anybody's doing.
func isTransient(err error) bool {
	return regapi.IsTransient(err) || regapi.IsBusy(err) || regapi.IsThrottled(err)
}

// isRefusal says whether REG.API answered that it did not do what it was asked for.
func isRefusal(err error) bool {
	_, refused := errors.AsType[*regapi.Error](err)
	return refused
}

func codeOf(err error) string {
	if refusal, ok := errors.AsType[*regapi.Error](err); ok && refusal.Code != "" {
		return string(refusal.Code)
	}
	return "Refused"
}

// nameRefused names the members that are not in the folder, each with its reason, and when they are tried again.
func (r *Reconciler) nameRefused(s *scope, others []*v1alpha1.Folder) {
	yielded, still := folder.ParseIDs(s.folder.Status.Yielded), map[folder.Member]bool{}
	now := time.Now()
	for _, member := range folder.Missing(s.wanted, s.heldServices()) {
		if yielded.Has(member.ID) {
			if older := s.olderOwner(member.ID, others); older != nil {
				s.refuse(member.String(), reasonInOlderFolder, fmt.Sprintf(
					"REG.API keeps it in one folder alone, and that of Folder %s/%s, which is older, has it: take it out of one of the two", older.Namespace, older.Name))
			}
			continue
		}
		refused := r.refusals.of(s.key(), member)
		if refused == nil {
			continue
		}
		still[member] = true
		s.refuse(member.String(), refused.reason, refused.message)
		if wait := max(refused.due.Sub(now), time.Second); s.retryIn == 0 || wait < s.retryIn {
			s.retryIn = wait
		}
	}
	r.refusals.keep(s.key(), still)
}

// refusalMessage names the first of them.
func (s *scope) refusalMessage() string {
	lines := make([]string, len(s.refused))
	for i, refusal := range s.refused {
		lines[i] = fmt.Sprintf("%s: %s", refusal.Member, refusal.Message)
	}
	return "members are not in the folder, while the others are: " + listOf(lines)
}

// listOf joins the first few of many.
func listOf(items []string) string {
	const shown = 3
	if len(items) <= shown {
		return strings.Join(items, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(items[:shown], "; "), len(items)-shown)
}
