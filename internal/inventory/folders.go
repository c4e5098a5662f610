package inventory

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// DefaultFolderTurn is the time between two readings of folders: a little more than a minute, so that however many there are, no hour
// has more than sixty. folder/get_services takes no list (12.5).
const DefaultFolderTurn = 61 * time.Second

// FolderReading is what a folder held when it was read.
type FolderReading struct {
	Services []regapi.FolderContent
	// At is when the reading began.
	At time.Time
}

// Folders knows what the folders of one account hold that somebody follows. They are read in turn, the one that was read longest ago first; so
// none is read that nobody follows, and none more often than the rest. It has to Run. Folders are safe for concurrent use.
type Folders struct {
	client *regapi.Client
	// turn is the time between two readings; rest is how old one has to be before its folder is read again.
	turn, rest time.Duration
	// changed is called without a lock held, with a FolderSubject.
	changed func(subject string)

	mu        sync.Mutex
	followers map[string]regapi.ID
	known     map[regapi.ID]*folderEntry
}

// folderEntry is what is known of a folder.
type folderEntry struct {
	reading FolderReading
	holds   map[regapi.ID]bool
	// tried is when somebody last began to read the folder, and written when somebody last changed it.
	tried, written time.Time
}

// NewFolders gives Folders of which nothing is known yet.
func NewFolders(client *regapi.Client, turn, rest time.Duration, changed func(subject string)) *Folders {
	return &Folders{
		client: client, turn: turn, rest: rest, changed: changed,
		followers: map[string]regapi.ID{}, known: map[regapi.ID]*folderEntry{},
	}
}

// folderPrefix tells the subject of a folder from a domain, which holds no slash.
const folderPrefix = "folder/"

// FolderSubject names a folder to whoever is told of changes.
func FolderSubject(id regapi.ID) string { return folderPrefix + id.String() }

// FolderOf gives the folder that a subject names.
func FolderOf(subject string) (id regapi.ID, ok bool) {
	number, ok := strings.CutPrefix(subject, folderPrefix)
	if !ok || id.UnmarshalJSON([]byte(`"`+number+`"`)) != nil {
		return 0, false
	}
	return id, id != 0
}

// Follow has a folder read in turn. The name tells followers apart; following again replaces.
func (f *Folders) Follow(name string, id regapi.ID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.followers[name] == id {
		return
	}
	f.unfollow(name)
	f.followers[name] = id
	f.entry(id)
}

// Unfollow forgets a follower, and the folder if it was the last.
func (f *Folders) Unfollow(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unfollow(name)
}

// unfollow is Unfollow; the lock is held.
func (f *Folders) unfollow(name string) {
	gone, ok := f.followers[name]
	if !ok {
		return
	}
	delete(f.followers, name)
	for _, id := range f.followers {
		if id == gone {
			return
		}
	}
	delete(f.known, gone)
}

// entry gives what is known of a folder; the lock is held.
func (f *Folders) entry(id regapi.ID) *folderEntry {
	if f.known[id] == nil {
		f.known[id] = &folderEntry{}
	}
	return f.known[id]
}

// Known gives what a folder held, without a request, if it was read after the last write through this connection.
func (f *Folders) Known(id regapi.ID) (FolderReading, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.known[id]
	if e == nil || e.reading.At.IsZero() || e.reading.At.Before(e.written) {
		return FolderReading{}, false
	}
	return e.reading, true
}

// Unread says whether nobody has tried to read a folder yet, so that its turn will come.
func (f *Folders) Unread(id regapi.ID) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.known[id]
	return e == nil || e.tried.IsZero()
}

// Holds says whether a folder held a service when it was read last; it is not known where nobody has read it.
func (f *Folders) Holds(id, service regapi.ID) (holds, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.known[id]
	if e == nil || e.reading.At.IsZero() {
		return false, false
	}
	return e.holds[service], true
}

// NoteWrite remembers that what is known of a folder is older than a write, whatever came of it.
func (f *Folders) NoteWrite(id regapi.ID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e := f.known[id]; e != nil {
		e.written = time.Now()
	}
}

// Read reads a folder now, and tells who follows it if it holds something else than before (12.5).
func (f *Folders) Read(ctx context.Context, id regapi.ID) (FolderReading, error) {
	asked := time.Now()
	f.mu.Lock()
	f.entry(id).tried = asked
	f.mu.Unlock()
	services, err := f.client.Folder.GetServices(ctx, regapi.FolderRef{ID: id})
	if err != nil {
		if regapi.IsFolderMissing(err) {
			f.forget(id)
		}
		return FolderReading{}, err
	}
	reading := FolderReading{Services: services, At: asked}
	if f.learn(id, reading) {
		f.changed(FolderSubject(id))
	}
	return reading, nil
}

// learn takes a reading over, unless a later one has come before it, and reports whether the folder has changed.
func (f *Folders) learn(id regapi.ID, reading FolderReading) (changed bool) {
	holds := make(map[regapi.ID]bool, len(reading.Services))
	for _, service := range reading.Services {
		holds[service.ServiceID] = true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.entry(id)
	if reading.At.Before(e.reading.At) {
		return false
	}
	changed = e.reading.At.IsZero() || len(holds) != len(e.holds)
	for service := range holds {
		changed = changed || !e.holds[service]
	}
	e.reading, e.holds = reading, holds
	return changed
}

// forget drops what is known of a folder that is gone.
func (f *Folders) forget(id regapi.ID) {
	f.mu.Lock()
	e := f.known[id]
	if e != nil {
		e.reading, e.holds = FolderReading{}, nil
	}
	f.mu.Unlock()
	f.changed(FolderSubject(id))
}

// Run reads the folders in turn until the context ends.
func (f *Folders) Run(ctx context.Context) {
	ctx = traffic.WithAskers(traffic.WithPriority(ctx, traffic.Background), traffic.BySweep)
	for wait := rand.N(f.turn + 1); pause.For(ctx, wait); wait = f.turn {
		if id, due := f.next(); due {
			_, _ = f.Read(ctx, id) // It is tried again when its turn comes.
		}
	}
}

// next gives the folder whose turn it is: the one that was tried longest ago, if that is long enough ago.
func (f *Folders) next() (next regapi.ID, due bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var oldest time.Time
	for _, id := range f.followers {
		if tried := f.known[id].tried; time.Since(tried) >= f.rest && (!due || tried.Before(oldest)) {
			next, oldest, due = id, tried, true
		}
	}
	return next, due
}
