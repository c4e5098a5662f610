package regapi

// shelf holds example.ru.
var shelf = FolderRef{Name: "shelf"}

// shelve makes the folder with example.ru in it.
func (m *market) shelve() {
	m.Helper()
	m.ok(m.seller.Folder.Create(m.Context(), shelf.Name))
	m.done(m.seller.Folder.AddServices(m.Context(), shelf, exampleRu))
}

// content names what a folder holds.
func (m *market) content(folder FolderRef) string {
	m.Helper()
	names := ""
	for _, service := range of(m.seller.Folder.GetServices(m.Context(), folder)).must(m) {
		names += service.ServType + " " + service.Domain + ";"
	}
	return names
}

var folderRoundTrips = map[string]func(*market){
	"a folder is made, found, renamed and removed": func(m *market) {
		m.shelve()
		folder := of(m.seller.Folder.Nop(m.Context(), shelf)).must(m)
		equal(m, "name", folder.Name, "shelf")
		m.ok(m.seller.Folder.Rename(m.Context(), FolderRef{ID: folder.ID}, "drawer"))
		equal(m, "renamed", of(m.seller.Folder.Nop(m.Context(), FolderRef{Name: "drawer"})).must(m).ID, folder.ID)
		if _, err := m.seller.Folder.Nop(m.Context(), shelf); err == nil {
			m.Error("the old name is still there")
		}
		m.ok(m.seller.Folder.Remove(m.Context(), FolderRef{ID: folder.ID}))
		if _, err := m.seller.Folder.GetServices(m.Context(), FolderRef{ID: folder.ID}); err == nil {
			m.Error("the folder is still there")
		}
		equal(m, "state of what it held", m.info(exampleRu).State, Active)
	},
	"services go into folders and out again": func(m *market) {
		m.shelve()
		m.done(m.seller.Folder.AddServices(m.Context(), shelf, ByServType("example.ru", "srv_hosting_ispmgr")))
		equal(m, "filled", m.content(shelf), "domain example.ru;srv_hosting_ispmgr example.ru;")
		folders := of(m.seller.Service.GetFolders(m.Context(), exampleRu)).must(m)
		equal(m, "folder of the domain", folders[0].Name, "shelf")
		m.done(m.seller.Folder.RemoveServices(m.Context(), shelf, ByServiceID(201)))
		equal(m, "after a removal", m.content(shelf), "domain example.ru;")
		m.done(m.seller.Folder.ReplaceServices(m.Context(), shelf, exampleCom))
		equal(m, "replaced", m.content(shelf), "domain example.com;")
	},
	"services move from folder to folder": func(m *market) {
		m.shelve()
		m.ok(m.seller.Folder.Create(m.Context(), "drawer"))
		drawer := FolderRef{Name: "drawer"}
		m.done(m.seller.Folder.MoveServices(m.Context(), shelf, drawer, exampleRu))
		equal(m, "from", m.content(shelf), "")
		equal(m, "to", m.content(drawer), "domain example.ru;")
	},
	"a foreign domain fails alone": func(m *market) {
		m.shelve()
		results := of(m.seller.Folder.AddServices(m.Context(), shelf, ByName("bought.ru"), exampleCom)).must(m)
		if !IsNotFound(results[0].Err) || results[1].Err != nil {
			m.Errorf("%+v", results)
		}
		equal(m, "content", m.content(shelf), "domain example.ru;domain example.com;")
	},
}
