package folder

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// lookAgain is how long after the making of a folder whose answer was lost nobody makes it again: by then REG.API has made it, or never will.
const lookAgain = time.Minute

// find finds the folder: by the number that is known, or else by its name, since REG.API lists no folders (12.1).
func (r *Reconciler) find(ctx context.Context, s *scope) error {
	s.id = parseID(s.folder.Status.FolderID)
	if s.id != 0 {
		r.Directory.FollowFolder(s.connection, follower(s.key()), s.id)
		return nil
	}
	id, err := r.byName(s.priority(ctx), s)
	if err != nil || id == 0 {
		return err
	}
	r.adopt(s, id)
	return nil
}

// byName asks for the folder of the name; 0 is none. One that another object holds is left to that.
func (r *Reconciler) byName(ctx context.Context, s *scope) (regapi.ID, error) {
	found, err := s.connection.Client.Folder.Nop(ctx, regapi.FolderRef{Name: s.name})
	if regapi.IsFolderMissing(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look for the folder: %w", err)
	}
	holder, err := r.holderOf(ctx, s, found.ID)
	if err != nil {
		return 0, err
	}
	if holder != nil {
		return 0, r.concede(s, holder)
	}
	return found.ID, nil
}

// adopt takes a folder for the one of this object.
func (r *Reconciler) adopt(s *scope, id regapi.ID) {
	s.id = id
	status := &s.folder.Status
	status.FolderID, status.FolderName, status.CreatingSince = id.String(), s.name, nil
	r.Directory.FollowFolder(s.connection, follower(s.key()), id)
}

// read reads what the folder holds, unless that is known. One that is gone is looked for once more by its name.
func (r *Reconciler) read(ctx context.Context, s *scope) error {
	for range 2 {
		if s.id == 0 {
			return nil
		}
		if reading, known := s.connection.Folders.Known(s.id); known {
			s.reading = &reading
			return nil
		}
		reading, err := s.connection.Folders.Read(s.priority(ctx), s.id)
		if err == nil {
			s.reading = &reading
			return nil
		}
		if !regapi.IsFolderMissing(err) {
			return fmt.Errorf("read the folder: %w", err)
		}
		log.FromContext(ctx).Info("The folder is gone", "folder", s.folder.Status.FolderName, "id", s.id)
		r.Directory.Unfollow(follower(s.key()))
		s.forgetFolder()
		if err := r.find(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// create makes the folder. REG.API tells no number then, so that it is looked for by its name (12.2). That it is about to be made is written
// down before: after a lost answer, or the end of this process, it is looked for, for a while, before anybody makes it again.
func (r *Reconciler) create(ctx context.Context, s *scope) error {
	if since := s.folder.Status.CreatingSince; since != nil {
		if left := lookAgain - time.Since(since.Time); left > 0 {
			return outcome.Outcome{
				Ready: metav1.ConditionUnknown, Reconciling: true, Reason: v1alpha1.ReasonRetrying, After: left,
				Message: "what became of the making of the folder is not known: it is looked for before it is made again",
			}.Err()
		}
	}
	s.folder.Status.CreatingSince = &metav1.Time{Time: time.Now()}
	if err := r.writeAhead(ctx, s); err != nil {
		return err
	}
	functions := s.connection.Client.Folder
	failure := functions.Create(ctx, s.name)
	if regapi.NeverSent(failure) {
		s.folder.Status.CreatingSince = nil
		return fmt.Errorf("make the folder: %w", failure)
	}
	found, err := functions.Nop(ctx, regapi.FolderRef{Name: s.name})
	switch {
	case err == nil:
		r.adopt(s, found.ID)
		if failure == nil {
			// Nobody else has put anything into it, as far as one can know: what is wanted is put in, and read back then.
			s.reading = &inventory.FolderReading{At: time.Now()}
			r.tellMade(ctx, s)
			return nil
		}
		return r.read(ctx, s)
	case failure == nil:
		return fmt.Errorf("look for the folder that was made: %w", err)
	case regapi.IsFolderMissing(err) && isRefusal(failure):
		s.folder.Status.CreatingSince = nil
	}
	return fmt.Errorf("make the folder: %w", failure)
}

func (r *Reconciler) tellMade(ctx context.Context, s *scope) {
	log.FromContext(ctx).Info("Made the folder", "folder", s.name, "id", s.id)
	r.Metrics.changes.WithLabelValues(changeCreated).Inc()
	r.Events.Eventf(s.folder, nil, corev1.EventTypeNormal, "FolderCreated", "Create", "made the folder %q, which is number %s", s.name, s.id)
}

// rename gives the folder the name that the spec asks for. A lost answer shows in the name that the folder has then.
func (r *Reconciler) rename(ctx context.Context, s *scope) error {
	if s.folder.Status.FolderName == s.name {
		return nil
	}
	functions := s.connection.Client.Folder
	before := s.folder.Status.FolderName
	found, err := functions.Nop(ctx, regapi.FolderRef{Name: s.name})
	switch {
	case err == nil && found.ID != s.id:
		return s.nameTaken()
	case err == nil: // It has the name already.
	case !regapi.IsFolderMissing(err):
		return fmt.Errorf("look for a folder of the new name: %w", err)
	default:
		if err := r.mayRename(ctx, s); err != nil {
			return err
		}
		if err := functions.Rename(ctx, regapi.FolderRef{ID: s.id}, s.name); err != nil {
			return fmt.Errorf("rename the folder: %w", err)
		}
		r.Metrics.changes.WithLabelValues(changeRenamed).Inc()
		r.Events.Eventf(s.folder, nil, corev1.EventTypeNormal, "FolderRenamed", "Rename", "renamed the folder %q to %q", before, s.name)
	}
	s.folder.Status.FolderName = s.name
	r.takeOver(s)
	return nil
}

// nameTaken is the outcome of a folder whose new name another one has.
func (s *scope) nameTaken() error {
	o := outcome.Stalled(v1alpha1.ReasonNameTaken, fmt.Sprintf(
		"the folder %q cannot be renamed to %q, since another folder has that name: give spec.folderName another one, or rename the other folder",
		s.folder.Status.FolderName, s.name))
	o.After = outcome.Poll()
	return o.Err()
}

// mayRename keeps a namespace that may not use every service of a folder from renaming that under their owners.
func (r *Reconciler) mayRename(ctx context.Context, s *scope) error {
	for _, service := range s.heldServices() {
		may, err := r.mayUse(ctx, s, service.Name)
		if err != nil {
			return err
		}
		if !may {
			return outcome.Stalled(v1alpha1.ReasonAccountNotAllowed, fmt.Sprintf(
				"the folder %q holds %s, which Account %s does not allow this namespace, so that it is not renamed: set spec.folderName back, or have its owner rename it",
				s.folder.Status.FolderName, service, s.own.Account.Name)).Err()
		}
	}
	return nil
}
