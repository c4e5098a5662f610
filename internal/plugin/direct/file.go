package direct

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// FileName of the credentials, in the home folder.
const FileName = ".regapi2"

// properties of the file, as the vendor's console knows them.
var properties = []string{"username", "password", "lang", "pem", "pem_password", "ca_cert_path"}

// settings are what the file says.
type settings map[string]string

// read reads the file: that of a path, or the one in the home folder, without which it is the public user test.
func read(path string) (settings, error) {
	named := path != ""
	if !named {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("find the home folder, in which %s has the credentials: %w", FileName, err)
		}
		path = filepath.Join(home, FileName)
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return settings{"username": "test", "password": "test"}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the credentials: %w", err)
	}
	return parse(path, text)
}

// parse reads lines key=value. Its errors show no value.
func parse(path string, text []byte) (settings, error) {
	found := settings{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if key = strings.TrimSpace(key); !ok || !slices.Contains(properties, key) {
			return nil, fmt.Errorf("%s, line %d: write key=value with one of the keys %s", path, number, strings.Join(properties, ", "))
		}
		found[key] = strings.TrimSpace(value)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if found["username"] == "" {
		return nil, fmt.Errorf("%s names no username: add the line username=your-login", path)
	}
	return found, nil
}
