package regapitest

import (
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

func folderHandlers() map[string]handler {
	handlers := map[string]handler{
		"folder/nop":          {call: onFolder(answerFolder)},
		"folder/create":       {call: createFolder},
		"folder/remove":       {call: onFolder(removeFolder)},
		"folder/rename":       {call: onFolder(renameFolder)},
		"folder/get_services": {call: onFolder(answerFolderServices)},
	}
	for name, prepare := range map[string]func(*call) *refusal.Error{
		"folder/add_services":     keepFolder,
		"folder/remove_services":  keepFolder,
		"folder/replace_services": emptyFolder,
		"folder/move_services":    keepBothFolders,
	} {
		handlers[name] = handler{
			prepare: prepare, identify: identifyForFolder, each: fileService, complete: completeFolder, describe: describeInResult,
			dress: dressForFolder,
		}
	}
	return handlers
}

type folderFunction func(*call, *folder) (map[string]any, *refusal.Error)

// onFolder makes a function of one that works on a folder. Section 12 opens its functions to everyone, but folders belong to somebody.
func onFolder(do folderFunction) func(*call) (map[string]any, *refusal.Error) {
	return func(c *call) (map[string]any, *refusal.Error) {
		if c.account == nil {
			return nil, refusal.New("NO_USERNAME")
		}
		found, err := c.findFolder("")
		if err != nil {
			return nil, err
		}
		return do(c, found)
	}
}

func answerFolder(_ *call, f *folder) (map[string]any, *refusal.Error) {
	return map[string]any{"id": textNumeral(f.id), "name": f.name}, nil
}

// createFolder answers nothing: the number of the folder is told by folder/nop (12.2).
func createFolder(c *call) (map[string]any, *refusal.Error) {
	if c.account == nil {
		return nil, refusal.New("NO_USERNAME")
	}
	ref := folderRef{name: c.params.Text("folder_name")}
	switch {
	case ref.name == "":
		return nil, refusal.Missing(ref.field())
	case c.test:
		return nil, nil
	case !c.srv.behaviour.DuplicateFolders && c.srv.state.folderNamed(c.account.Login, ref.name) != nil:
		return nil, c.folderError("FOLDER_ALREADY_EXISTS", ref)
	}
	c.srv.state.addFolder(c.account.Login, ref.name)
	c.touch()
	return nil, nil
}

// removeFolder takes the folder away; what lay in it stays the account's.
func removeFolder(c *call, f *folder) (map[string]any, *refusal.Error) {
	c.srv.state.removeFolder(f)
	c.touch()
	return nil, nil
}

func renameFolder(c *call, f *folder) (map[string]any, *refusal.Error) {
	ref := folderRef{prefix: "new_", name: c.params.Text("new_folder_name")}
	if ref.name == "" {
		return nil, refusal.Missing(ref.field())
	}
	if other := c.srv.state.folderNamed(c.account.Login, ref.name); other != nil && other != f {
		return nil, c.folderError("FOLDER_ALREADY_EXISTS", ref)
	}
	f.name = ref.name
	c.touch()
	return answerFolderServices(c, f)
}

func answerFolderServices(c *call, f *folder) (map[string]any, *refusal.Error) {
	content := f.shown()
	c.entry.Elements = len(content)
	return map[string]any{"folder_content": content}, nil
}

// shown is the folder's content; names stand in domain_name here, where other answers have dname (12.5).
func (f *folder) shown() []any {
	shown := []any{}
	for _, member := range f.contents() {
		shown = append(shown, map[string]any{
			"domain_name": dnszone.UnicodeName(member.Name), "service_id": textNumeral(member.ServiceID), "servtype": member.Servtype,
		})
	}
	return shown
}

// keepFolder finds the folder that the services of a request are put into or taken out of.
func keepFolder(c *call) (err *refusal.Error) {
	c.folder, err = c.findFolder("")
	return err
}

// emptyFolder does what folder/replace_services begins with: everything leaves the folder (12.8), also when nothing can be put into it afterwards.
func emptyFolder(c *call) *refusal.Error {
	if err := keepFolder(c); err != nil {
		return err
	}
	c.folder.empty()
	c.touch()
	return nil
}

func keepBothFolders(c *call) (err *refusal.Error) {
	if err := keepFolder(c); err != nil {
		return err
	}
	c.newFolder, err = c.findFolder("new_")
	return err
}

// fileService moves one service as the function says. One that lies where it is to be, or does not lie where it is to leave, is a success; what
// move_services is told to move reaches the new folder in any case.
func fileService(c *call, e *element) (map[string]any, *refusal.Error) {
	changed := false
	switch c.fn.Name {
	case "folder/remove_services":
		changed = c.folder.take(e.service)
	case "folder/move_services":
		changed = c.folder.take(e.service)
		changed = c.newFolder.put(e.service) || changed
	default:
		changed = c.folder.put(e.service)
	}
	if changed {
		c.keepInOneFolder(e.service)
		c.touch()
	}
	return answerService(c, e)
}

// keepInOneFolder takes a service out of every other folder than the one that it was put into, where the account keeps it in one.
func (c *call) keepInOneFolder(s *service) {
	into := c.folder
	if c.newFolder != nil {
		into = c.newFolder
	}
	if !c.srv.behaviour.OneFolder || !into.holds(s) {
		return
	}
	for _, other := range c.srv.state.foldersOf(c.account.Login) {
		if other != into {
			other.take(s)
		}
	}
}

// completeFolder adds the folder's content on demand, here without servtype. The table calls the parameter return_folder_contents, the examples
// return_folder_content (12.6).
func completeFolder(c *call, answer map[string]any) {
	if !c.flag("return_folder_contents") && !c.flag("return_folder_content") {
		return
	}
	content := c.folder.shown()
	if c.test {
		content = exampleFolder(folderRef{}).shown()
	}
	for _, member := range content {
		delete(member.(map[string]any), "servtype")
	}
	answer["folder_content"] = content
}

// describeInResult writes a failed element with its text in result, as the examples of section 12 do.
func describeInResult(c *call, e *element, err *refusal.Error) map[string]any {
	shown := e.echo()
	if e.service != nil {
		shown = c.named(e)
	}
	if name, ok := shown["domain_name"]; ok {
		shown["dname"] = name
		delete(shown, "domain_name")
	}
	c.describe(shown, err)
	shown["result"] = shown["error_text"]
	delete(shown, "error_text")
	return shown
}
