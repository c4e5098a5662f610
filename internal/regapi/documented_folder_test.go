package regapi

import "context"

var (
	testFolder = FolderRef{Name: "test_folder_name"}
	twoTests   = []DomainRef{ByName("test1.ru"), ByName("test11.ru")}
)

const (
	folderContent = `{"folder_content":[{"domain_name":"test1.ru","service_id":"1000","servtype":"domain"},
		{"domain_name":"test2.ru","service_id":"1001","servtype":"domain"}]}`
	editedFolder = `{"services":[{"dname":"test1.ru","result":"success","service_id":"123456","servtype":"domain"},
		{"dname":"test11.ru","error_code":"DOMAIN_NOT_FOUND","error_params":{"domain_name":"test11.ru"},
			"result":"Domain test11.ru not found or not owned by You"}]}`
	sendsFolderEdit = `{"folder_name":"test_folder_name","services":[{"domain_name":"test1.ru"},{"domain_name":"test11.ru"}]}`
)

func wantFolderEdit(function string) []DomainResult {
	return []DomainResult{
		{Ref: twoTests[0], Domain: "test1.ru", ServiceID: 123456},
		{Ref: twoTests[1], Domain: "test11.ru", Err: refused(function, "test11.ru", CodeDomainNotFound, "Domain test11.ru not found or not owned by You")},
	}
}

var documentedFolder = []documentedCall{{
	function: "folder/nop",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Folder.Nop(ctx, FolderRef{ID: 123456, Name: "test_folder_name"})
	},
	sends:  `{"folder_id":"123456"}`,
	answer: `{"id":"-1","name":"test_folder_name"}`,
	want:   Folder{Name: "test_folder_name"},
}, {
	function: "folder/create",
	call: func(ctx context.Context, c *Client) (any, error) {
		return nothing(c.Folder.Create(ctx, "test_folder_name"))
	},
	sends: `{"folder_name":"test_folder_name"}`,
}, {
	function: "folder/remove",
	call:     func(ctx context.Context, c *Client) (any, error) { return nothing(c.Folder.Remove(ctx, testFolder)) },
	sends:    `{"folder_name":"test_folder_name"}`,
}, {
	function: "folder/rename",
	call: func(ctx context.Context, c *Client) (any, error) {
		return nothing(c.Folder.Rename(ctx, testFolder, "new_test_folder_name"))
	},
	sends:  `{"folder_name":"test_folder_name","new_folder_name":"new_test_folder_name"}`,
	answer: folderContent,
}, {
	function: "folder/get_services",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Folder.GetServices(ctx, FolderRef{ID: 12345})
	},
	sends:  `{"folder_id":"12345"}`,
	answer: folderContent,
	want: []FolderContent{
		{ServiceID: 1000, Domain: "test1.ru", ServType: "domain"}, {ServiceID: 1001, Domain: "test2.ru", ServType: "domain"},
	},
}, {
	function: "folder/add_services",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Folder.AddServices(ctx, testFolder, twoTests...)
	},
	sends:  sendsFolderEdit,
	answer: editedFolder,
	want:   wantFolderEdit("folder/add_services"),
}, {
	function: "folder/remove_services",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Folder.RemoveServices(ctx, testFolder, twoTests...)
	},
	sends:  sendsFolderEdit,
	answer: editedFolder,
	want:   wantFolderEdit("folder/remove_services"),
}, {
	function: "folder/replace_services",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Folder.ReplaceServices(ctx, testFolder, twoTests...)
	},
	sends:  sendsFolderEdit,
	answer: editedFolder,
	want:   wantFolderEdit("folder/replace_services"),
}, {
	function: "folder/move_services",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Folder.MoveServices(ctx, FolderRef{ID: 12345}, FolderRef{ID: 1234567}, twoTests...)
	},
	sends:  `{"folder_id":"12345","new_folder_id":"1234567","services":[{"domain_name":"test1.ru"},{"domain_name":"test11.ru"}]}`,
	answer: editedFolder,
	want:   wantFolderEdit("folder/move_services"),
}}
