package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestWhatIsWrongIsAWarningAndAWriteConflictIsNoError(t *testing.T) {
	conflict := apierrors.NewConflict(schema.GroupResource{Resource: "dnszones"}, "example-ru", errors.New("it was changed"))
	for message, test := range map[string]struct {
		err  error
		want string
	}{
		"Outcome changed":                 {nil, "WARN"},
		reconcilerError:                   {errors.New("REG.API is away"), "WARN"},
		"Writing failed":                  {fmt.Errorf("write the status: %w", conflict), ""},
		"Watching ends":                   {context.Canceled, ""},
		"The Services may find nobody":    {errors.New("forbidden"), "ERROR"},
		"A conflict by name, not by kind": {errors.New("conflict"), "ERROR"},
	} {
		var text bytes.Buffer
		logr.FromSlogHandler(tempered{Handler: slog.NewJSONHandler(&text, nil)}).WithValues("of", "a test").Error(test.err, message)
		if test.want == "" && text.Len() == 0 {
			continue
		}
		if !strings.Contains(text.String(), `"level":"`+test.want+`"`) {
			t.Errorf("%s (%v): want %q, got %s", message, test.err, test.want, &text)
		}
		if !strings.Contains(text.String(), `"of":"a test"`) {
			t.Errorf("%s: the log lacks what it is about: %s", message, &text)
		}
	}
}

// checkLog holds the output of a process that ran in peace: it is one stream of JSON to its last line, and has no error.
func checkLog(t *testing.T, output io.Reader, errorsAllowed bool) {
	t.Helper()
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, 1<<20)
	count := 0
	for lines.Scan() {
		count++
		var record struct{ Level, Msg string }
		if err := json.Unmarshal(lines.Bytes(), &record); err != nil || record.Level == "" || record.Msg == "" {
			t.Errorf("a line of the log is none: %s", lines.Text())
		}
		if record.Level == "ERROR" && !errorsAllowed {
			t.Errorf("an error in a log of peace: %s", lines.Text())
		}
	}
	if count == 0 || lines.Err() != nil {
		t.Errorf("%d lines of the log were read, %v", count, lines.Err())
	}
}

func TestALevelAtWhichBodiesWithSecretsAreLoggedIsRefused(t *testing.T) {
	for _, level := range []string{"debug-1", "DEBUG-4", "info-8", "trace", ""} {
		if err := (&options{logLevel: level, logFormat: "text"}).setUpLogging(); err == nil || !strings.Contains(err.Error(), "--log-level") {
			t.Errorf("%q: %v", level, err)
		}
	}
}
