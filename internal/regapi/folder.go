package regapi

import (
	"context"
	"errors"
	"maps"
	"strings"
)

// FolderService holds the functions about folders, which group domains and services (section 12).
type FolderService struct{ client *Client }

// FolderRef identifies a folder, by its number if that is set, else by its name (2.2.4.5).
type FolderRef struct {
	ID   ID
	Name string
}

// IsZero reports whether the reference identifies nothing.
func (f FolderRef) IsZero() bool { return f == FolderRef{} }

// add writes the reference into params; the prefix is "new_" for the folder to move things to.
func (f FolderRef) add(params parameters, prefix string) {
	if f.ID != 0 {
		params[prefix+"folder_id"] = f.ID.String()
		return
	}
	params.text(prefix+"folder_name", f.Name)
}

// IsFolderMissing reports whether REG.API said that there is no such folder. No code is documented for that (12.1 to 12.9): PARAMETER_INCORRECT is
// what fits, and a code of its own would speak of folders. A refusal that only the memory of an earlier one gave tells nothing of now.
func IsFolderMissing(err error) bool {
	refusal, ok := errors.AsType[*Error](err)
	if !ok || NeverSent(err) || !strings.HasPrefix(refusal.Function, "folder/") || refusal.Domain != "" {
		return false
	}
	code := string(refusal.Code)
	return refusal.Code == CodeParameterIncorrect || (strings.HasPrefix(code, "FOLDER_") && strings.Contains(code, "NOT_"))
}

// Folder is a folder of the account.
type Folder struct {
	ID   ID
	Name string
}

// on calls a function about one folder.
func (s *FolderService) on(ctx context.Context, function string, folder FolderRef, params parameters, answer any) error {
	if folder.IsZero() {
		return refuse(function, CodeParameterMissing, "folder_id or folder_name required")
	}
	body := parameters{}
	folder.add(body, "")
	maps.Copy(body, params)
	return s.client.Call(ctx, function, body, answer)
}

// Nop tells that a folder exists, and its number: the only way to learn it (12.1).
func (s *FolderService) Nop(ctx context.Context, folder FolderRef) (Folder, error) {
	var answer struct {
		ID   ID   `json:"id"`
		Name Text `json:"name"`
	}
	err := s.on(ctx, "folder/nop", folder, nil, requiring("id", &answer))
	return Folder{ID: answer.ID, Name: string(answer.Name)}, err
}

// Create makes an empty folder. The answer does not tell its number: see [FolderService.Nop]
// (12.2).
func (s *FolderService) Create(ctx context.Context, name string) error {
	return s.on(ctx, "folder/create", FolderRef{Name: name}, nil, nil)
}

// Remove deletes a folder. What it holds stays in the account (12.3).
func (s *FolderService) Remove(ctx context.Context, folder FolderRef) error {
	return s.on(ctx, "folder/remove", folder, nil, nil)
}

// Rename gives a folder another name (12.4).
func (s *FolderService) Rename(ctx context.Context, folder FolderRef, name string) error {
	return s.on(ctx, "folder/rename", folder, parameters{"new_folder_name": name}, nil)
}

// FolderContent is a service in a folder.
type FolderContent struct {
	ServiceID ID
	Domain    string
	// ServType is "domain" for a domain.
	ServType string
}

// GetServices returns what a folder holds (12.5).
func (s *FolderService) GetServices(ctx context.Context, folder FolderRef) ([]FolderContent, error) {
	const function = "folder/get_services"
	if folder.IsZero() {
		return nil, refuse(function, CodeParameterMissing, "folder_id or folder_name required")
	}
	params := parameters{}
	folder.add(params, "")
	type element struct {
		ServiceID ID   `json:"service_id"`
		Domain    Text `json:"domain_name"`
		ServType  Text `json:"servtype"`
	}
	elements, err := members[element](ctx, s.client, function, params, "folder_content")
	if err != nil {
		return nil, err
	}
	contents := make([]FolderContent, len(elements))
	for i, e := range elements {
		contents[i] = FolderContent{ServiceID: e.ServiceID, Domain: string(e.Domain), ServType: string(e.ServType)}
	}
	return contents, nil
}

// edit calls a function about the services of a folder.
func (s *FolderService) edit(
	ctx context.Context, function string, folder FolderRef, params parameters, refs []DomainRef,
) ([]DomainResult, error) {
	if folder.IsZero() {
		return nil, refuse(function, CodeParameterMissing, "folder_id or folder_name required")
	}
	body := parameters{}
	folder.add(body, "")
	maps.Copy(body, params)
	items, err := s.client.list(ctx, listCall{function: function, kind: serviceList, refs: refs, params: body})
	return results(items), err
}

// AddServices puts up to 1000 domains and services into a folder (12.6).
func (s *FolderService) AddServices(ctx context.Context, folder FolderRef, refs ...DomainRef) ([]DomainResult, error) {
	return s.edit(ctx, "folder/add_services", folder, nil, refs)
}

// RemoveServices takes up to 1000 domains and services out of a folder (12.7).
func (s *FolderService) RemoveServices(ctx context.Context, folder FolderRef, refs ...DomainRef) ([]DomainResult, error) {
	return s.edit(ctx, "folder/remove_services", folder, nil, refs)
}

// ReplaceServices empties a folder and puts up to 1000 domains and services into it. If some of
// them fail, the folder is left without them and without what it held before (12.8).
func (s *FolderService) ReplaceServices(ctx context.Context, folder FolderRef, refs ...DomainRef) ([]DomainResult, error) {
	return s.edit(ctx, "folder/replace_services", folder, nil, refs)
}

// MoveServices takes up to 1000 domains and services out of one folder and puts them into another
// (12.9).
func (s *FolderService) MoveServices(ctx context.Context, from, to FolderRef, refs ...DomainRef) ([]DomainResult, error) {
	const function = "folder/move_services"
	if to.IsZero() {
		return nil, refuse(function, CodeParameterMissing, "new_folder_id or new_folder_name required")
	}
	params := parameters{}
	to.add(params, "new_")
	return s.edit(ctx, function, from, params, refs)
}
