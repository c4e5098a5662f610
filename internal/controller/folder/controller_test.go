package folder_test

import (
	"testing"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
)

func TestAFolderIsMadeWithItsMembers(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(3)
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: named(names...)})
	h.WaitReady(object)
	h.holds("shop", names...)
	if status := object.Status; status.FolderID == "" || status.FolderName != "shop" || status.Members != 3 || status.Missing != 0 || status.Services != 3 {
		t.Errorf("status %+v", status)
	}
}
