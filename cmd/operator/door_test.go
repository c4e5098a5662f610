package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestADoorWithoutAnAddressIsRefused(t *testing.T) {
	o := options{logLevel: "error", logFormat: "text", resync: minResync, door: doorOptions{serve: true}}
	if err := run(t.Context(), o); !errors.Is(err, errNoDoor) {
		t.Errorf("%v", err)
	}
}

func TestTheJournalIsAppendedToAFileThatNobodyElseReads(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal")
	if _, err := (&doorOptions{journal: file}).newJournal(); err != nil {
		t.Fatal(err)
	}
	found, err := os.Stat(file)
	if err != nil || found.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", found, err)
	}
	if _, err := (&doorOptions{journal: filepath.Join(t.TempDir(), "no", "folder")}).newJournal(); err == nil {
		t.Error("a file that cannot be made is no error")
	}
}
