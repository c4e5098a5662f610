package regapitest

const folderContent = `{"answer":{"folder_content":[{"domain_name":"test1.ru","service_id":"1000","servtype":"domain"},{"domain_name":"test2.ru","service_id":"1001","servtype":"domain"}]},"result":"success"}`

// filedServices is what services put into folders are answered with. The documentation gives test2.ru the number 1000 here and 1001 everywhere else.
const filedServices = `{"answer":{"services":[{"dname":"test1.ru","result":"success","service_id":"1000","servtype":"domain"},{"dname":"test2.ru","result":"success","service_id":"1001","servtype":"domain"}]},"result":"success"}`

const filedWithContent = `{"answer":{"folder_content":[{"domain_name":"test1.ru","service_id":"1000"},{"domain_name":"test2.ru","service_id":"1001"}],"services":[{"dname":"test01.ru","result":"success","service_id":"123456","servtype":"domain"},{"dname":"test11.ru","error_code":"DOMAIN_NOT_FOUND","error_params":{"domain_name":"test11.ru"},"result":"Domain test11.ru not found or not owned by You"}]},"result":"success"}`

var folderExamples = append([]example{
	{"12.1 folder/nop", `folder/nop
folder_id=123456
folder_name=test_folder_name
output_content_type=plain
password=test
username=test`, `{"answer":{"id":"-1","name":"test_folder_name"},"result":"success"}`},
	{"12.2 folder/create", `folder/create
folder_name=test_folder_name
output_content_type=plain
password=test
username=test`, `{"result":"success"}`},
	{"12.3 folder/remove by number", `folder/remove
folder_id=123456
output_content_type=plain
password=test
username=test`, `{"result":"success"}`},
	{"12.3 folder/remove by name", `folder/remove
folder_id=123456
folder_name=test_folder_name
output_content_type=plain
password=test
username=test`, `{"result":"success"}`},
	{"12.4 folder/rename by number", `folder/rename
folder_id=123456
folder_name=test_folder_name
new_folder_name=new_test_folder_name
output_content_type=plain
password=test
username=test`, folderContent},
	{"12.4 folder/rename by name", `folder/rename
folder_name=test_folder_name
new_folder_name=new_test_folder_name
output_content_type=plain
password=test
username=test`, folderContent},
	{"12.5 folder/get_services by name", `folder/get_services
folder_name=test_folder_name
output_content_type=plain
password=test
username=test`, folderContent},
	{"12.5 folder/get_services by number", `folder/get_services
folder_id=12345
output_content_type=plain
password=test
username=test`, folderContent},
}, filingExamples()...)

// filingExamples are those of the functions that put services into folders and take them out: one text but for the function and a second folder.
func filingExamples() []example {
	examples := []example{}
	for _, f := range []struct{ section, function, byName, byNumber string }{
		{"12.6", "folder/add_services", "", ""},
		{"12.7", "folder/remove_services", "", ""},
		{"12.8", "folder/replace_services", "", ""},
		{"12.9", "folder/move_services", `"new_folder_name":"new_test_folder_name",`, `"new_folder_id":"1234567",`},
	} {
		form := func(inputData string) string {
			return f.function + "\ninput_data=" + inputData + "\ninput_format=json\noutput_content_type=plain\npassword=test\nusername=test"
		}
		title := f.section + " " + f.function
		examples = append(examples,
			example{title + " by name", form(`{"folder_name":"test_folder_name",` + f.byName + `"services":[{"domain_name":"test1.ru"},{"domain_name":"test2.ru"}]}`), filedServices},
			example{title + " by number", form(`{"folder_id":"12345",` + f.byNumber + `"services":[{"service_id":"1000"},{"service_id":"1001"}]}`), filedServices},
			example{title + " with its content", form(`{"folder_name":"test_folder_name",` + f.byName + `"return_folder_content":"1","services":[{"domain_name":"test01.ru"},{"domain_name":"test11.ru"}]}`), filedWithContent},
		)
	}
	return examples
}
