package folder

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/phase"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/folder"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// Planner says what would be done for a Folder. Both of its fields have to be set, and Client may not be able to write.
type Planner struct {
	Client    client.Client
	Directory *account.Directory
}

// Plan gives the whole plan of a Folder, which need not exist, and writes nothing anywhere. A folder that nobody has read lately costs up to three
// requests. What REG.API has refused to put in lately is planned like anything else.
func (p *Planner) Plan(ctx context.Context, found *v1alpha1.Folder) (door.PlanAnswer, error) {
	r := &Reconciler{Writer: status.Writer{Client: p.Client}, Directory: p.Directory, Metrics: NewMetrics(nil)}
	ctx = traffic.OnlyReading(ctx)
	s := newScope(found.DeepCopy())
	s.halt = p.Directory.Halt(found)
	defer func() { s.leave() }()
	if s.deleting() {
		return r.planDeletion(ctx, s)
	}
	answer := door.PlanAnswer{Subject: s.name, Changes: []string{}}
	err := phase.Run(ctx, s, r.identify, r.claim, r.connect, r.gather, r.number, r.seek)
	if err == nil {
		err = r.planAll(ctx, s, &answer)
	}
	if o, decided := outcome.Decided(err); decided {
		answer.Refused = append(answer.Refused, o.Message)
		err = nil
	}
	for _, refused := range s.refused {
		answer.Refused = append(answer.Refused, refused.Member+": "+refused.Message)
	}
	return answer, err
}

// seek finds the folder and reads it, and has nobody follow it.
func (r *Reconciler) seek(ctx context.Context, s *scope) error {
	if s.id = parseID(s.folder.Status.FolderID); s.id != 0 {
		err := s.readAside(ctx)
		if !regapi.IsFolderMissing(err) {
			return err
		}
		s.forgetFolder()
	}
	id, err := r.byName(ctx, s)
	if err != nil || id == 0 {
		return err
	}
	s.id, s.folder.Status.FolderName = id, s.name
	return s.readAside(ctx)
}

// readAside reads the folder, unless that is known, and keeps the answer to itself.
func (s *scope) readAside(ctx context.Context) error {
	if reading, known := s.connection.Folders.Known(s.id); known {
		s.reading = &reading
		return nil
	}
	asked := time.Now()
	services, err := s.connection.Client.Folder.GetServices(ctx, regapi.FolderRef{ID: s.id})
	if err != nil {
		return fmt.Errorf("read the folder: %w", err)
	}
	s.reading = &inventory.FolderReading{Services: services, At: asked}
	return nil
}

// planAll plans what sync would do.
func (r *Reconciler) planAll(ctx context.Context, s *scope, answer *door.PlanAnswer) error {
	others, err := r.othersOf(ctx, s)
	if err != nil {
		return err
	}
	s.keepYielding(others)
	if s.planned, err = r.difference(ctx, s, others); err != nil {
		return err
	}
	if s.id == 0 {
		answer.Changes = append(answer.Changes, fmt.Sprintf("make the folder %q", s.name))
		answer.Requests += 2 // Its number is asked for (12.2).
	}
	var taken error
	if s.renames() {
		if taken = r.planRename(ctx, s, answer); taken != nil {
			if _, decided := outcome.Decided(taken); !decided {
				return taken
			}
		}
	}
	answer.Changes = append(answer.Changes, s.planned.Lines()...)
	answer.Add, answer.Remove = len(s.planned.Add), len(s.planned.Remove)+len(s.planned.Move)
	answer.Requests += folder.Requests(s.planned)
	if held := s.holdOn(); held != nil {
		answer.Held, answer.Message = held.reason, held.message
		if held.reason == v1alpha1.ReasonPlanNeedsApproval {
			answer.Hash = s.planHash()
		}
	}
	return taken
}

// planRename plans the new name of a folder, unless another folder has that. A folder that may not be renamed is not touched at all.
func (r *Reconciler) planRename(ctx context.Context, s *scope, answer *door.PlanAnswer) error {
	found, err := s.connection.Client.Folder.Nop(ctx, regapi.FolderRef{Name: s.name})
	switch {
	case err == nil && found.ID != s.id:
		return s.nameTaken()
	case err == nil: // It has the name already.
		return nil
	case !regapi.IsFolderMissing(err):
		return fmt.Errorf("look for a folder of the new name: %w", err)
	}
	if err := r.mayRename(ctx, s); err != nil {
		return err
	}
	answer.Changes = append(answer.Changes, fmt.Sprintf("rename the folder %q to %q", s.folder.Status.FolderName, s.name))
	answer.Requests += 2
	return nil
}

// planDeletion tells what the deletion of a Folder does. It goes the way of the deletion, up to what is not sent.
func (r *Reconciler) planDeletion(ctx context.Context, s *scope) (door.PlanAnswer, error) {
	answer := door.PlanAnswer{Subject: s.name, Changes: []string{}}
	err := r.release(ctx, s)
	if err == nil {
		err = s.leftBehind
	}
	if refused, stopped := errors.AsType[*traffic.ReadOnlyError](err); stopped && refused.OnlyLooks {
		answer.Changes, answer.Requests = append(answer.Changes, fmt.Sprintf("delete the folder %q", s.name)), 1
		return answer, nil
	}
	if err != nil {
		answer.Refused = append(answer.Refused, outcome.Message(err))
	}
	return answer, nil
}
