package manifest

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// maxMembers bounds the members of a Folder.
const maxMembers = 3000

// Folders gives a Folder object for each folder of the account that holds something, in the order of their names. They lie in a namespace and name
// the Account by ref. It costs a request for the list of services, and one per thousand of them: REG.API lists no folders, but tells of services in
// which they lie (7.7, 7.8). An empty folder is not found so.
func Folders(ctx context.Context, caller *regapi.Client, namespace string, ref v1alpha1.AccountReference) ([]v1alpha1.Folder, error) {
	services, err := caller.Service.GetList(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("list the services: %w", err)
	}
	found := map[regapi.ID]*content{}
	for part := range slices.Chunk(services, regapi.MaxObjects) {
		refs := make([]regapi.DomainRef, len(part))
		for i, service := range part {
			refs[i] = regapi.ByServiceID(service.ServiceID)
		}
		told, err := regapi.FoldersOf(ctx, caller, refs...)
		if err != nil {
			return nil, fmt.Errorf("ask for the folders of services: %w", err)
		}
		for i, one := range told {
			if regapi.IsNotFound(one.Err) {
				continue // It has left the account since.
			}
			if one.Err != nil {
				return nil, fmt.Errorf("ask for the folders of service %s: %w", one.Ref, one.Err)
			}
			for _, folder := range one.Folders {
				if found[folder.ID] == nil {
					found[folder.ID] = &content{Folder: folder}
				}
				found[folder.ID].members = append(found[folder.ID].members, memberOf(part[i]))
			}
		}
	}
	return objects(found, namespace, ref), nil
}

// content is a folder with what lies in it.
type content struct {
	regapi.Folder
	members []v1alpha1.FolderMember
}

// memberOf names a service: a domain by its name, which people know, and any other by its number.
func memberOf(service regapi.ServiceListItem) v1alpha1.FolderMember {
	if service.ServType == regapi.ServTypeDomain {
		return v1alpha1.FolderMember{DomainName: service.Domain}
	}
	return v1alpha1.FolderMember{ServiceID: service.ServiceID.String()}
}

func objects(found map[regapi.ID]*content, namespace string, ref v1alpha1.AccountReference) []v1alpha1.Folder {
	var contents []*content
	for _, c := range found {
		contents = append(contents, c)
	}
	slices.SortFunc(contents, func(a, b *content) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	taken := map[string]bool{}
	var folders []v1alpha1.Folder
	for _, c := range contents {
		slices.SortFunc(c.members, func(a, b v1alpha1.FolderMember) int {
			return cmp.Or(cmp.Compare(a.DomainName, b.DomainName), cmp.Compare(len(a.ServiceID), len(b.ServiceID)), cmp.Compare(a.ServiceID, b.ServiceID))
		})
		made := v1alpha1.Folder{
			TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: "Folder"},
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: objectName(c.Folder, taken)},
			Spec:       v1alpha1.FolderSpec{AccountRef: ref, Members: c.members[:min(len(c.members), maxMembers)]},
		}
		if made.Name != c.Name {
			made.Spec.FolderName = c.Name
		}
		folders = append(folders, made)
	}
	return folders
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// objectName makes a name for an object of that of a folder, or of its number where that gives none, or one that is taken.
func objectName(folder regapi.Folder, taken map[string]bool) string {
	name := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(folder.Name), "-"), "-")
	const longest = 63
	if name = strings.Trim(name[:min(len(name), longest)], "-"); name == "" || taken[name] {
		name = "folder-" + folder.ID.String()
	}
	taken[name] = true
	return name
}
