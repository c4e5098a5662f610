package regapi

import (
	"errors"
	"testing"
)

func TestAFolderThatIsMissingIsToldFromOtherFailures(t *testing.T) {
	for name, c := range map[string]struct {
		err     error
		missing bool
	}{
		"a wrong parameter":          {&Error{Function: "folder/nop", Code: CodeParameterIncorrect}, true},
		"a code of its own":          {&Error{Function: "folder/get_services", Code: "FOLDER_NOT_FOUND"}, true},
		"another code of its own":    {&Error{Function: "folder/get_services", Code: "FOLDER_DOES_NOT_EXIST"}, true},
		"a folder that is there":     {&Error{Function: "folder/create", Code: "FOLDER_ALREADY_EXISTS"}, false},
		"a service of the list":      {&Error{Function: "folder/add_services", Code: CodeParameterIncorrect, Domain: "example.ru"}, false},
		"another function":           {&Error{Function: "zone/nop", Code: CodeParameterIncorrect}, false},
		"what was never sent":        {refuse("folder/nop", CodeParameterIncorrect, "x"), false},
		"a lost answer":              {&TransportError{Function: "folder/nop", Reason: "no answer"}, false},
		"something else":             {errors.New("x"), false},
		"nothing":                    {nil, false},
		"credentials that are wrong": {&Error{Function: "folder/nop", Code: CodePasswordAuthFailed}, false},
	} {
		if got := IsFolderMissing(c.err); got != c.missing {
			t.Errorf("%s: %t", name, got)
		}
	}
}
